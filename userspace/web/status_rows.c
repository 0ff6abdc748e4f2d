// SPDX-License-Identifier: GPL-2.0
/*
 * Members of rows, whatever they are.
 */
#include <string.h>
#include <time.h>

#include "../common/timefmt.h"
#include "status.h"

const char *row_text(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text ? text : "";
}

json_int_t row_number(const json_t *row, const char *key)
{
	return json_integer_value(json_object_get(row, key));
}

int64_t row_time(const json_t *row, const char *key)
{
	struct tm tm = { 0 };
	time_t t;

	if (!strptime(row_text(row, key), "%Y-%m-%dT%H:%M:%S", &tm))
		return 0;
	t = timegm(&tm);
	return t > 0 && t < INT64_MAX / NSEC_PER_SEC ? t * NSEC_PER_SEC : 0;
}

bool row_same_service(const json_t *a, const json_t *b)
{
	return row_number(a, "port") == row_number(b, "port") &&
	       !strcmp(row_text(a, "server"), row_text(b, "server")) &&
	       !strcmp(row_text(a, "proto"), row_text(b, "proto"));
}
