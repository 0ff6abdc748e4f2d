// SPDX-License-Identifier: GPL-2.0
/*
 * The head of a request. Whatever two readers could understand differently is
 * refused: blanks before a colon, folded lines, two lengths, bare CR, NUL.
 */
#include "http.h"

#include <string.h>
#include <strings.h>

#define TARGET_MAX 8192

/* RFC 9110, 5.6.2 */
static bool token_char(unsigned char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
		return true;
	return c && strchr("!#$%&'*+-.^_`|~", c);
}

static bool is_token(const char *s)
{
	if (!*s)
		return false;
	for (; *s; s++) {
		if (!token_char((unsigned char)*s))
			return false;
	}
	return true;
}

/* Cuts the next line off; NULL when there is none. A bare LF ends one, too (RFC 9112, 2.2). */
static char *next_line(char **at, const char *end)
{
	char *line = *at, *lf = memchr(line, '\n', (size_t)(end - line));

	if (!lf)
		return NULL;
	*lf = '\0';
	if (lf > line && lf[-1] == '\r')
		lf[-1] = '\0';
	*at = lf + 1;
	return line;
}

/* Printable and without blanks; what is above ASCII is let through, sites are sloppy there. */
static bool target_ok(const char *t)
{
	size_t len = strlen(t);

	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)t[i] <= ' ' || t[i] == 0x7f)
			return false;
	}
	return len && len <= TARGET_MAX;
}

/*
 * "http://host/path?query" is for proxies, but every server has to understand
 * it. "*" and the "host:port" of CONNECT name no page: the first one it is.
 */
static void set_target(struct http_request *r, const char *target)
{
	if (!strncasecmp(target, "http://", 7) || !strncasecmp(target, "https://", 8))
		target = strchr(strstr(target, "//") + 2, '/');
	r->target = target && *target == '/' ? target : "/";
	r->path_len = strcspn(r->target, "?");
	r->query = r->target + r->path_len;
	if (*r->query)
		r->query++;
}

static int request_line(struct http_request *r, char *line)
{
	char *target = strchr(line, ' '), *version;

	if (!target)
		return 400;
	*target++ = '\0';
	version = strchr(target, ' ');
	if (!version)
		return 400; /* HTTP/0.9, or noise */
	*version++ = '\0';
	if (!is_token(line) || !target_ok(target) || strncmp(version, "HTTP/", 5))
		return 400;
	if (strlen(version) != 8 || version[6] != '.' || version[7] < '0' || version[7] > '9')
		return 400;
	if (version[5] != '1')
		return 505;
	r->method = line;
	r->minor = version[7] != '0';
	set_target(r, target);
	return 0;
}

static int header_line(struct http_request *r, char *line)
{
	char *colon = strchr(line, ':'), *value, *end;

	if (!colon)
		return 400;
	*colon = '\0';
	if (!is_token(line))
		return 400;
	value = colon + 1 + strspn(colon + 1, " \t");
	end = value + strlen(value);
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	for (const char *c = value; *c; c++) {
		if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
			return 400;
	}
	if (r->n_headers == HTTP_HEADERS_MAX)
		return 431;
	r->headers[r->n_headers++] = (struct http_header){ line, value };
	return 0;
}

static size_t count(const struct http_request *r, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_headers; i++)
		n += !strcasecmp(r->headers[i].name, name);
	return n;
}

static int body_length(struct http_request *r)
{
	const char *length = http_header(r, "Content-Length");
	const char *coding = http_header(r, "Transfer-Encoding");

	if (coding) {
		if (length || !r->minor || count(r, "Transfer-Encoding") > 1)
			return 400;
		r->chunked = true;
		return strcasecmp(coding, "chunked") ? 501 : 0;
	}
	if (!length)
		return 0;
	if (count(r, "Content-Length") > 1 || !*length || strlen(length) > 15 ||
	    strspn(length, "0123456789") != strlen(length))
		return 400;
	for (; *length; length++)
		r->length = r->length * 10 + (uint64_t)(*length - '0');
	return 0;
}

static int head_lines(struct http_request *r, char *at, const char *end)
{
	char *line = next_line(&at, end);
	int status;

	if (!line)
		return 400;
	status = request_line(r, line);
	while (!status) {
		line = next_line(&at, end);
		if (!line)
			return 400;
		if (!*line)
			break;
		status = header_line(r, line);
	}
	return status ? status : body_length(r);
}

int http_parse(struct http_request *r, char *head, size_t len)
{
	static char nothing[1];
	int status;

	*r = (struct http_request){ .method = "", .body = nothing };
	set_target(r, "/");
	if (memchr(head, '\0', len))
		return 400;
	status = head_lines(r, head, head + len);
	if (!status && r->minor && count(r, "Host") != 1)
		return 400;
	return status;
}

const char *http_header(const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->n_headers; i++) {
		if (!strcasecmp(r->headers[i].name, name))
			return r->headers[i].value;
	}
	return NULL;
}

bool http_is(const struct http_request *r, const char *method)
{
	return !strcmp(r->method, method);
}

bool http_path_is(const struct http_request *r, const char *path)
{
	return r->path_len == strlen(path) && !memcmp(r->target, path, r->path_len);
}

/* Without the port; "[2001:db8::1]" keeps its brackets. */
static size_t host_len(const char *host)
{
	return *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
}

bool http_for_host(const struct http_request *r, const char *url)
{
	const char *host = http_header(r, "Host"), *own = strstr(url, "://");
	size_t len = host ? host_len(host) : 0;

	if (!len || *host == '[' || strspn(host, "0123456789.") == len ||
	    (len == 9 && !strncasecmp(host, "localhost", 9)))
		return true;
	own = own ? own + 3 : url;
	return host_len(own) == len && !strncasecmp(host, own, len);
}

const char *http_reason(int status)
{
	static const struct {
		int status;
		const char *words;
	} reasons[] = {
		{ 200, "OK" },
		{ 204, "No Content" },
		{ 303, "See Other" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 411, "Length Required" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 421, "Misdirected Request" },
		{ 421, "Misdirected Request" },
		{ 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 503, "Service Unavailable" },
		{ 505, "HTTP Version Not Supported" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (reasons[i].status == status)
			return reasons[i].words;
	}
	return "Unknown";
}
