// SPDX-License-Identifier: GPL-2.0
/* The words for the numbers of the contract, for output and input. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "nl.h"

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

/* A value without a word: each has its own text, so that two can be in use at once. */
static const char *number(uint8_t n)
{
	static char text[256][4];

	snprintf(text[n], sizeof(text[n]), "%u", n);
	return text[n];
}

static const char *word(const char *const *words, size_t n_words, uint8_t n)
{
	return n < n_words && words[n] ? words[n] : number(n);
}

static int find(const char *const *words, size_t n_words, const char *text)
{
	for (size_t i = 0; i < n_words; i++)
		if (words[i] && !strcmp(words[i], text))
			return i;
	return -EINVAL;
}

const char *nl_reason_name(uint8_t reason)
{
	const char *name = reason_name(reason);

	return name ? name : number(reason);
}

static const char *const attempt_states[] = {
	[RINGBACK_ATTEMPT_PENDING] = "pending",
	[RINGBACK_ATTEMPT_FAILED] = "failed",
};

const char *nl_attempt_state_name(uint8_t state)
{
	return word(attempt_states, N_ELEMENTS(attempt_states), state);
}

int nl_attempt_state_parse(const char *text)
{
	return find(attempt_states, N_ELEMENTS(attempt_states), text);
}

static const char *const service_states[] = {
	[RINGBACK_SERVICE_SUSPECT] = "suspect",
	[RINGBACK_SERVICE_DOWN] = "down",
	[RINGBACK_SERVICE_PARTIAL] = "partial",
	[RINGBACK_SERVICE_UP] = "up",
};

const char *nl_service_state_name(uint8_t state)
{
	return word(service_states, N_ELEMENTS(service_states), state);
}

static const char *const standins[] = {
	[RINGBACK_STANDIN_OFF] = "off",
	[RINGBACK_STANDIN_ANSWER] = "answer",
	[RINGBACK_STANDIN_RESET] = "reset",
	[RINGBACK_STANDIN_ASK] = "ask",
};

const char *nl_standin_name(uint8_t standin)
{
	return word(standins, N_ELEMENTS(standins), standin);
}

static const char *const verdicts[] = {
	[RINGBACK_VERDICT_PASS] = "pass",
	[RINGBACK_VERDICT_ANSWER] = "answer",
	[RINGBACK_VERDICT_RESET] = "reset",
};

const char *nl_verdict_name(uint8_t verdict)
{
	return word(verdicts, N_ELEMENTS(verdicts), verdict);
}

const char *nl_hook_name(uint32_t bit)
{
	switch (bit) {
	case RINGBACK_HOOK_FORWARD:
		return "forward";
	case RINGBACK_HOOK_LOCAL:
		return "local";
	case RINGBACK_HOOK_BRIDGE:
		return "bridge";
	case RINGBACK_HOOK_MIRROR:
		return "mirror";
	default:
		return "unknown";
	}
}

static const char *const admissions[] = {
	[RINGBACK_ADMISSION_TROUBLE] = "trouble",
	[RINGBACK_ADMISSION_FIRST_SYN] = "first-syn",
};

const char *nl_admission_name(uint8_t admission)
{
	return word(admissions, N_ELEMENTS(admissions), admission);
}

int nl_admission_parse(const char *text)
{
	return find(admissions, N_ELEMENTS(admissions), text);
}
