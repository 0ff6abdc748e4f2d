#define LANG_EN 0
#define WORDS_WAITING_MAX 64
static inline const char *words_waiting(int l, unsigned n, char *b) { (void)l; snprintf(b, 64, "about %u", n); return b; }
