/* SPDX-License-Identifier: Apache-2.0
 * ua_test.c - user agents: our table of devices and bots, and uap-core's own tests where
 * they are installed, with Hyperscan and without.
 */
#include "track/ua.c"

#include "tap.h"

#include <unistd.h>
#include <yaml.h>

#define UAP "/usr/share/uap-core"

/* What one case of uap-core says. */
struct said {
	char ua[2048], family[256], major[64], minor[64], patch[64], patch_minor[64],
	    brand[256], model[256];
};

struct tally {
	unsigned n, wrong;
};

typedef bool check_f(struct ua_reader *r, const struct said *s);

/* As ua.c keeps a name: ASCII, within the column. */
static void
kept(char *out, size_t cap, const char *s)
{
	struct out o = {out, 0, cap};

	put(&o, str_of(s));
	trim(&o);
}

static void
join(char out[65], const struct said *s, bool os)
{
	const char *part[] = {s->major, s->minor, s->patch, os ? s->patch_minor : ""};
	struct out o = {out, 0, 33};

	out[0] = '\0';
	for (unsigned i = 0; i < 4 && *part[i] != '\0'; i++) {
		if (i > 0)
			put(&o, STR("."));
		put(&o, str_of(part[i]));
	}
}

static bool
same(const char *got, const char *want, size_t cap)
{
	char w[256];

	kept(w, cap, strcmp(want, "Other") == 0 ? "" : want);
	return strcmp(got, w) == 0;
}

static bool
check_browser(struct ua_reader *r, const struct said *s)
{
	const struct ua_info *i = ua_read(r, str_n(s->ua, strlen(s->ua)));
	char version[65];

	join(version, s, false);
	return same(i->browser, s->family, sizeof(i->browser)) &&
	       strcmp(i->browser_version, version) == 0;
}

static bool
check_os(struct ua_reader *r, const struct said *s)
{
	const struct ua_info *i = ua_read(r, str_n(s->ua, strlen(s->ua)));
	char version[65];

	join(version, s, true);
	return same(i->os, s->family, sizeof(i->os)) &&
	       strcmp(i->os_version, version) == 0;
}

static bool
check_device(struct ua_reader *r, const struct said *s)
{
	const struct ua_info *i = ua_read(r, str_n(s->ua, strlen(s->ua)));

	return same(i->brand, s->brand, sizeof(i->brand)) &&
	       same(i->model, s->model, sizeof(i->model));
}

static void
set(struct said *s, const char *key, const char *value)
{
	const struct {
		const char *key;
		char *to;
		size_t cap;
	} keys[] = {
	    {"user_agent_string", s->ua, sizeof(s->ua)},
	    {"family", s->family, sizeof(s->family)},
	    {"major", s->major, sizeof(s->major)},
	    {"minor", s->minor, sizeof(s->minor)},
	    {"patch", s->patch, sizeof(s->patch)},
	    {"patch_minor", s->patch_minor, sizeof(s->patch_minor)},
	    {"brand", s->brand, sizeof(s->brand)},
	    {"model", s->model, sizeof(s->model)},
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (strcmp(key, keys[i].key) == 0)
			(void)snprintf(keys[i].to, keys[i].cap, "%s", value);
	}
}

/* Each mapping of the file is a case. */
static struct tally
each_case(struct ua_reader *r, FILE *f, check_f *check, unsigned every)
{
	struct tally t = {0, 0};
	struct said s = {.ua = ""};
	char key[64] = "";
	unsigned number = 0;
	yaml_parser_t p;
	yaml_event_t e;
	bool end = false;

	(void)yaml_parser_initialize(&p);
	yaml_parser_set_input_file(&p, f);
	while (!end && yaml_parser_parse(&p, &e)) {
		const char *text =
		    e.type == YAML_SCALAR_EVENT ? (const char *)e.data.scalar.value : "";

		end = e.type == YAML_STREAM_END_EVENT;
		if (e.type == YAML_MAPPING_START_EVENT) {
			memset(&s, 0, sizeof(s));
			key[0] = '\0';
		} else if (e.type == YAML_SCALAR_EVENT && key[0] == '\0') {
			(void)snprintf(key, sizeof(key), "%s", text);
		} else if (e.type == YAML_SCALAR_EVENT) {
			bool null = e.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
				    (*text == '\0' || strcmp(text, "null") == 0 ||
					strcmp(text, "~") == 0);

			set(&s, key, null ? "" : text);
			key[0] = '\0';
		} else if (e.type == YAML_MAPPING_END_EVENT && s.ua[0] != '\0' &&
			   number++ % every == 0 && strlen(s.ua) <= UA_LONGEST) {
			t.n++;
			if (!check(r, &s)) {
				t.wrong++;
				if (t.wrong <= 5)
					printf("# differs: %s\n", s.ua);
			}
			s.ua[0] = '\0';
		}
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&p);
	return t;
}

/* Of the file's cases every n-th. */
static void
run_file(struct ua_reader *r, const char *name, check_f *check, unsigned every,
    const char *how)
{
	char path[256];
	struct tally t;
	FILE *f;

	(void)snprintf(path, sizeof(path), UAP "/%s", name);
	f = fopen(path, "re");
	if (f == NULL) {
		ok(true, "%s # SKIP uap-core's tests are not installed", name);
		return;
	}
	t = each_case(r, f, check, every);
	(void)fclose(f);
	ok(t.n > 0 && t.wrong == 0, "%s %s: %u of %u differ", name, how, t.wrong, t.n);
}

/* All that uap-core's own test.js runs. */
static void
run_files(struct ua_reader *r, unsigned every, const char *how)
{
	static const struct {
		const char *name;
		check_f *check;
	} files[] = {
	    {"tests/test_ua.yaml", check_browser},
	    {"test_resources/firefox_user_agent_strings.yaml", check_browser},
	    {"test_resources/opera_mini_user_agent_strings.yaml", check_browser},
	    {"test_resources/pgts_browser_list.yaml", check_browser},
	    {"test_resources/podcasting_user_agent_strings.yaml", check_browser},
	    {"tests/test_os.yaml", check_os},
	    {"test_resources/additional_os_tests.yaml", check_os},
	    {"tests/test_device.yaml", check_device},
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++)
		run_file(r, files[i].name, files[i].check, every, how);
}

#define CHROME                                                                    \
	"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) " \
	"Chrome/118.0.0.0 Safari/537.36"

static const struct {
	const char *ua;
	enum device_type type;
	const char *os, *browser, *brand;
	bool bot;
} cases[] = {
    {CHROME, DEVICE_DESKTOP, "Linux", "Chrome", "", false},
    {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "HeadlessChrome/118.0.0.0 "
     "Safari/537.36",
	DEVICE_DESKTOP, "Linux", "HeadlessChrome", "", false},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:109.0) Gecko/20100101 Firefox/118.0",
	DEVICE_DESKTOP, "Windows", "Firefox", "", false},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) "
     "Version/16.6 Safari/605.1.15",
	DEVICE_DESKTOP, "Mac OS X", "Safari", "Apple", false},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 "
     "(KHTML, like Gecko) "
     "Version/16.6 Mobile/15E148 Safari/604.1",
	DEVICE_MOBILE, "iOS", "Mobile Safari", "Apple", false},
    {"Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) "
     "Version/12.1.2 Mobile/15E148 Safari/604.1",
	DEVICE_TABLET, "iOS", "Mobile Safari", "Apple", false},
    {"Mozilla/5.0 (Linux; Android 13; SM-S901B) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/112.0.0.0 Mobile Safari/537.36",
	DEVICE_MOBILE, "Android", "Chrome Mobile", "Samsung", false},
    {"Mozilla/5.0 (Linux; Android 12; SM-X906C) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/80.0.3987.119 Safari/537.36",
	DEVICE_TABLET, "Android", "Chrome", "Samsung", false},
    {"Mozilla/5.0 (Linux; Android 9; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML, like "
     "Gecko) "
     "Chrome/90.0.4430.91 Mobile Safari/537.36",
	DEVICE_MOBILE, "Android", "Chrome Mobile", "Cubot", false},
    {"Mozilla/5.0 (Linux; Android 11; Pixel 5) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Version/4.0 "
     "Chrome/115.0 Mobile Safari/537.36 [Pinterest/Android]",
	DEVICE_MOBILE, "Android", "Pinterest", "Google", false},
    {"Mozilla/5.0 (SMART-TV; Linux; Tizen 5.0) AppleWebKit/538.1 (KHTML, like Gecko) "
     "Version/5.0 TV "
     "Safari/538.1",
	DEVICE_TV, "Tizen", "Safari", "Samsung", false},
    {"Mozilla/5.0 (PlayStation 4 8.52) AppleWebKit/605.1.15 (KHTML, like Gecko)",
	DEVICE_OTHER, NULL, NULL, NULL, false},
    {"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
	DEVICE_OTHER, NULL, "Googlebot", "Spider", true},
    {"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) AppleWebKit/537.36 (KHTML, like "
     "Gecko) "
     "Chrome/118.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; "
     "+http://www.google.com/bot.html)",
	DEVICE_MOBILE, NULL, NULL, NULL, true},
    {"facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
	DEVICE_OTHER, NULL, NULL, NULL, true},
    {"WhatsApp/2.19.81 A", DEVICE_OTHER, NULL, NULL, NULL, true},
    {"curl/7.88.1", DEVICE_OTHER, "", "curl", "", true},
    {"python-requests/2.31", DEVICE_OTHER, NULL, NULL, NULL, true},
    {"", DEVICE_UNKNOWN, "", "", "", false},
};

static void
run_table(struct ua_reader *r, const char *how)
{
	for (size_t n = 0; n < ARRAY_LEN(cases); n++) {
		const struct ua_info *i = ua_read(r, str_of(cases[n].ua));

		if (!ok(i->device_type == cases[n].type && i->bot == cases[n].bot &&
			    (cases[n].os == NULL || strcmp(cases[n].os, i->os) == 0) &&
			    (cases[n].browser == NULL ||
				strcmp(cases[n].browser, i->browser) == 0) &&
			    (cases[n].brand == NULL ||
				strcmp(cases[n].brand, i->brand) == 0),
			"%s: %.120s", how, cases[n].ua))
			printf("#   got %s, %s, '%s' '%s' '%s' '%s'\n",
			    ua_device_name((enum device_type)i->device_type),
			    i->bot ? "bot" : "no bot", i->os, i->browser, i->brand,
			    i->model);
	}
}

static void
run_odd(const struct ua *u)
{
	struct ua_reader *r = ua_reader_new(u, 64), *none = ua_reader_new(NULL, 4);
	char big[20000];
	const struct ua_info *i;

	memset(big, 'a', sizeof(big));
	memcpy(big, CHROME, sizeof(CHROME) - 1);
	i = ua_read(r, str_n(big, sizeof(big)));
	is_str(i->browser, "Chrome", "20 000 bytes are cut at 512");
	for (unsigned seed = 1; seed < 2000; seed++) {
		unsigned x = seed;

		for (unsigned b = 0; b < 600; b++) {
			x = x * 1103515245 + 12345;
			big[b] = seed % 2 == 0 ? (char)(x >> 16)
					       : "()/;. 0123Mobile"[x >> 16 & 15];
		}
		i = ua_read(r, str_n(big, 1 + seed % 600));
		if (i->device_type >= DEVICE_TYPES || !str_is_utf8(str_of(i->model)))
			ok(false, "random text %u", seed);
	}
	ok(true, "2000 random texts");
	i = ua_read(none, STR(CHROME));
	ok(i->device_type == DEVICE_UNKNOWN && i->browser[0] == '\0' && !i->bot,
	    "without patterns everything is unknown");
	ua_reader_free(&r);
	ua_reader_free(&none);
}

/* What a reading told, a line each. */
static char told[4096];

static void
tell(void *arg, const char *text)
{
	(void)arg;
	(void)snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s\n", text);
}

static const struct ua_faults faults = {tell, NULL};

static struct ua *
load(const char *regexes, const char *bots, const char *cache_dir)
{
	told[0] = '\0';
	return ua_load(regexes, bots, cache_dir, &faults);
}

static bool
is_bot(const struct ua *u, const char *text)
{
	struct ua_reader *r = ua_reader_new(u, 4);
	bool bot = ua_read(r, str_of(text))->bot;

	ua_reader_free(&r);
	return bot;
}

static void
test_files(const char *bots)
{
	struct ua *u = load("/nonexistent/regexes.yaml", bots, NULL);

	ok(strcmp(told, "/nonexistent/regexes.yaml: No such file or directory\n") == 0,
	    "no such file: %s", told);
	ok(is_bot(u, "curl/7"), "the bots are known all the same");
	ua_free(&u);
	u = load(bots, NULL, NULL);
	ok(strstr(told, "bots.txt:") != NULL && u->n == 0, "another file: %s", told);
	ua_free(&u);
	u = load(NULL, "/", NULL);
	ok(strcmp(told, "/: Is a directory\n") == 0, "a directory: %s", told);
	ua_free(&u);
}

/* Lists of bots with lines that are no regular expressions, or cannot stand together. */
static void
test_bots(const char *bots)
{
	static const struct {
		const char *text, *bot, *none;
		const char *told[2];
	} lists_of_bots[] = {
	    {"# mine\nacme\n", "x ACME/1", "curl/7", {NULL, NULL}},
	    {"# mine\nacme\n(\nother\n", "other", "curl/7", {":3: ", NULL}},
	    {"[\nacme\n\n*\n", "acme", "curl/7", {":1: ", ":4: "}},
	    {"(?<a>acme)\n(?<a>two)\nthree\n", "three", "two", {":2: ", NULL}},
	    {"one\n(?x)acme # a comment\n+\ntwo\n", "two", "acme", {":2: ", ":3: "}},
	};
	char path[] = "/tmp/affiliated-bots-XXXXXX";
	int fd = mkstemp(path);
	struct ua *u;

	for (size_t i = 0; fd != -1 && i < ARRAY_LEN(lists_of_bots); i++) {
		const char *text = lists_of_bots[i].text;
		unsigned lines = 0, want = 0, found = 0;

		if (ftruncate(fd, 0) == -1 ||
		    pwrite(fd, text, strlen(text), 0) != (ssize_t)strlen(text))
			break;
		u = load(NULL, path, NULL);
		for (const char *p = told; *p != '\0'; p++)
			lines += *p == '\n';
		for (unsigned t = 0; t < 2 && lists_of_bots[i].told[t] != NULL; t++) {
			want++;
			found += strstr(told, lists_of_bots[i].told[t]) != NULL;
		}
		ok(lines == want && found == want, "list %zu: bad lines are named: %s", i,
		    told);
		ok(is_bot(u, lists_of_bots[i].bot) && !is_bot(u, lists_of_bots[i].none),
		    "list %zu: the others count", i);
		ua_free(&u);
	}
	(void)close(fd);
	(void)unlink(path);
	told[0] = '\0';
	u = load(NULL, bots, NULL);
	is_str(told, "", "ours has none");
	ua_free(&u);
}

/* The cache file of Hyperscan: made once, read afterwards, and a broken one made anew. */
static void
test_cache(const char *bots)
{
	char dir[] = "/tmp/affiliated-ua-XXXXXX", cmd[512];
	struct ua *u;

	if (mkdtemp(dir) == NULL)
		return;
	for (unsigned i = 0; i < 3; i++) {
		struct ua_reader *r;

		u = load(UAP "/regexes.yaml", bots, dir);
		r = ua_reader_new(u, 64);
		is_str(ua_read(r, STR(CHROME))->browser, "Chrome",
		    i == 0   ? "compiled"
		    : i == 1 ? "from the cache"
			     : "a broken cache is not believed");
		ua_reader_free(&r);
		ua_free(&u);
		if (i == 1) {
			(void)snprintf(cmd, sizeof(cmd),
			    "for f in %s/*; do printf x | dd of=$f bs=1 "
			    "seek=5000 conv=notrunc 2>/dev/null; done",
			    dir);
			(void)!system(cmd);
		}
	}
	(void)snprintf(cmd, sizeof(cmd), "rm -r %s", dir);
	(void)!system(cmd);
}

int
main(void)
{
	const char *src = getenv("srcdir");
	char bots[4096];
	struct ua *u;
	struct ua_reader *r;

	(void)snprintf(bots, sizeof(bots), "%s/conf/bots.txt", src == NULL ? "." : src);
	test_files(bots);
	test_bots(bots);
	if (access(UAP "/regexes.yaml", R_OK) != 0) {
		ok(true, "# SKIP uap-core is not installed");
		return tap_done();
	}
	test_cache(bots);
	u = load(UAP "/regexes.yaml", bots, NULL);
	is_str(told, "", "the packaged patterns are read");
	r = ua_reader_new(u, 1024);
	run_table(r, "filtered");
	run_files(r, 1, "filtered");
	ua_reader_free(&r);
	run_odd(u);
#ifdef HAVE_HYPERSCAN
	(void)hs_free_database(u->filter);
	u->filter = NULL;
#endif
	r = ua_reader_new(u, 1024);
	run_table(r, "PCRE2 alone");
	run_files(r, 20, "by PCRE2 alone");
	ua_reader_free(&r);
	ua_free(&u);
	return tap_done();
}
