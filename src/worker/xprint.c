/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/xprint.h"

#include "config.h"

#include "base/jsonw.h"
#include "worker/args.h"
#include "worker/endpoint.h"

const char *const xprint_names[] = {"openapi", "mdoc", "endpoints", NULL};

/* ---- endpoints ---- */

static void
list_line(FILE *to, const struct endpoint *ep, enum method m, const char *path)
{
	(void)fprintf(to, "%s\t%s\t%s\t%s\t%s\n", ep->name, endpoint_method_name(m), path,
	    ep->dialect == DIALECT_NATS ? "nats" : "affise",
	    endpoint_role_name(ep->role));
}

static void
print_endpoints(FILE *to)
{
	for (size_t i = 0; i < EP_MAX; i++) {
		const struct endpoint *ep = &endpoints[i];

		list_line(to, ep, ep->method, ep->path);
		for (const struct alias_spec *a = ep->aliases; a->path != NULL; a++)
			list_line(to, ep, a->method, a->path);
	}
}

/* ---- OpenAPI ---- */

static void
pair(struct jsonw *w, const char *key, const char *value)
{
	jsonw_key(w, key);
	jsonw_cstr(w, value);
}

static const char *
item_type(enum arg_type t)
{
	return t == ARG_T_ids ? "integer" : "string";
}

static void
words(struct jsonw *w, const char *list)
{
	struct str rest = str_of(list);

	jsonw_key(w, "enum");
	jsonw_arr(w);
	while (rest.p != NULL)
		jsonw_str(w, str_split(&rest, '|'));
	jsonw_end(w);
}

static void
ref_pattern(struct jsonw *w, const struct arg_spec *s)
{
	if (s->type == ARG_T_ref || s->type == ARG_T_refs)
		pair(w, "pattern", "^([0-9]+|[0-9A-Fa-f]{24})$");
}

static void
bounds(struct jsonw *w, const struct arg_spec *s)
{
	bool text = s->type == ARG_T_str || s->type == ARG_T_when ||
		    s->type == ARG_T_strs || s->type == ARG_T_csv ||
		    s->type == ARG_T_file;
	bool number = s->type == ARG_T_int || s->type == ARG_T_id || s->type == ARG_T_ids;

	if (text && s->min > 0) {
		jsonw_key(w, "minLength");
		jsonw_int(w, s->min);
	}
	if (text && s->max < INT64_MAX) {
		jsonw_key(w, "maxLength");
		jsonw_int(w, s->max);
	}
	if (number) {
		jsonw_key(w, "minimum");
		jsonw_int(w, s->min);
		if (s->max < INT64_MAX) {
			jsonw_key(w, "maximum");
			jsonw_int(w, s->max);
		}
	}
	if (s->type == ARG_T_money) {
		jsonw_key(w, "minimum");
		jsonw_money(w, s->min, 0);
	}
	if (s->type == ARG_T_pct) {
		jsonw_key(w, "minimum");
		jsonw_pct(w, s->min, 0);
		jsonw_key(w, "maximum");
		jsonw_pct(w, s->max, 0);
	}
}

static void
arg_schema(struct jsonw *w, const struct arg_spec *s)
{
	bool list = strcmp(endpoint_type_openapi(s->type), "array") == 0;

	jsonw_obj(w);
	pair(w, "type", endpoint_type_openapi(s->type));
	if (s->type == ARG_T_day)
		pair(w, "format", "date");
	if (list) {
		jsonw_key(w, "items");
		jsonw_obj(w);
		pair(w, "type", item_type(s->type));
	}
	if (s->words != NULL)
		words(w, s->words);
	bounds(w, s);
	ref_pattern(w, s);
	if (list)
		jsonw_end(w);
	if (s->def != NULL && !list)
		pair(w, "default", s->def);
	jsonw_end(w);
}

/* The documented name. */
static void
arg_name(struct jsonw *w, const struct arg_spec *s)
{
	jsonw_str(w, args_wire(s));
}

static void
parameters(struct jsonw *w, const struct endpoint *ep)
{
	jsonw_key(w, "parameters");
	jsonw_arr(w);
	for (const struct arg_spec *s = ep->args; s->wire != NULL; s++) {
		if (s->in == IN_FORM)
			continue;
		jsonw_obj(w);
		jsonw_key(w, "name");
		arg_name(w, s);
		pair(w, "in", s->in == IN_PATH ? "path" : "query");
		jsonw_key(w, "required");
		jsonw_bool(w, s->need == NEED_REQUIRED);
		pair(w, "description", s->doc);
		jsonw_key(w, "schema");
		arg_schema(w, s);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static bool
has_form(const struct endpoint *ep)
{
	for (const struct arg_spec *s = ep->args; s->wire != NULL; s++) {
		if (s->in == IN_FORM)
			return true;
	}
	return false;
}

static bool
is_upload(const struct arg_spec *s)
{
	return s->type == ARG_T_file || s->type == ARG_T_files;
}

/* Bytes, as only multipart/form-data carries them. */
static void
upload_schema(struct jsonw *w, const struct arg_spec *s)
{
	const bool list = s->type == ARG_T_files;

	jsonw_obj(w);
	if (list) {
		pair(w, "type", "array");
		jsonw_key(w, "items");
		jsonw_obj(w);
	}
	pair(w, "type", "string");
	pair(w, "format", "binary");
	if (list)
		jsonw_end(w);
	jsonw_end(w);
}

static void
form_properties(struct jsonw *w, const struct endpoint *ep, bool multipart)
{
	bool required = false;

	jsonw_key(w, "properties");
	jsonw_obj(w);
	for (const struct arg_spec *s = ep->args; s->wire != NULL; s++) {
		if (s->in != IN_FORM || (s->type == ARG_T_files && !multipart))
			continue;
		required |= s->need == NEED_REQUIRED;
		jsonw_key_str(w, args_wire(s));
		if (multipart && is_upload(s))
			upload_schema(w, s);
		else
			arg_schema(w, s);
	}
	jsonw_end(w);
	if (!required)
		return;
	jsonw_key(w, "required");
	jsonw_arr(w);
	for (const struct arg_spec *s = ep->args; s->wire != NULL; s++) {
		if (s->in == IN_FORM && s->need == NEED_REQUIRED)
			arg_name(w, s);
	}
	jsonw_end(w);
}

static void
request_body(struct jsonw *w, const struct endpoint *ep)
{
	static const char *const types[] = {"application/x-www-form-urlencoded",
	    "multipart/form-data", "application/json"};

	if (!has_form(ep))
		return;
	jsonw_key(w, "requestBody");
	jsonw_obj(w);
	jsonw_key(w, "content");
	jsonw_obj(w);
	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		jsonw_key(w, types[i]);
		jsonw_obj(w);
		jsonw_key(w, "schema");
		jsonw_obj(w);
		pair(w, "type", "object");
		form_properties(w, ep, i == 1);
		jsonw_end(w);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
}

static void
reference(struct jsonw *w, const char *schema)
{
	jsonw_obj(w);
	jsonw_key(w, "$ref");
	jsonw_fmt(w, "#/components/schemas/%s", schema);
	jsonw_end(w);
}

static void
one_response(struct jsonw *w, const char *status, const char *doc, const char *schema)
{
	jsonw_key(w, status);
	jsonw_obj(w);
	pair(w, "description", doc);
	jsonw_key(w, "content");
	jsonw_obj(w);
	jsonw_key(w, "application/json");
	jsonw_obj(w);
	jsonw_key(w, "schema");
	reference(w, schema);
	jsonw_end(w);
	jsonw_end(w);
	jsonw_end(w);
}

/* Refusals of all calls look alike; what a call that answers in nats_data refuses itself
 * looks like its success. */
static const char *
failure(const struct endpoint *ep)
{
	if (ep->dialect == DIALECT_AFFISE)
		return "affise_error";
	for (const struct reply_spec *r = ep->replies; r->status != 0; r++) {
		if (strcmp(r->schema->name, "nats_data") == 0)
			return "nats_failure";
	}
	return "nats_result";
}

static void
responses(struct jsonw *w, const struct endpoint *ep)
{
	char status[16];

	jsonw_key(w, "responses");
	jsonw_obj(w);
	for (const struct reply_spec *r = ep->replies; r->status != 0; r++) {
		(void)snprintf(status, sizeof(status), "%u", r->status);
		one_response(w, status, r->schema->doc, r->schema->name);
	}
	one_response(w, "default", "What went wrong.", failure(ep));
	jsonw_end(w);
}

static void
security(struct jsonw *w, const struct endpoint *ep)
{
	static const char *const nats[] = {"nats_username", "nats_key", NULL};
	static const char *const affise[] = {"affise_key", NULL};
	const char *const *names = ep->dialect == DIALECT_NATS ? nats : affise;

	jsonw_key(w, "security");
	jsonw_arr(w);
	jsonw_obj(w);
	for (; *names != NULL; names++) {
		jsonw_key(w, *names);
		jsonw_arr(w);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
}

static void
operation(struct jsonw *w, const struct endpoint *ep, enum method m, unsigned alias)
{
	static const char *const methods[] = {"get", "post", "patch", "delete"};

	jsonw_key(w, methods[m]);
	jsonw_obj(w);
	jsonw_key(w, "operationId");
	if (alias == 0)
		jsonw_cstr(w, ep->name);
	else
		jsonw_fmt(w, "%s_alias%u", ep->name, alias);
	pair(w, "summary", ep->brief);
	pair(w, "description", ep->more);
	jsonw_key(w, "tags");
	jsonw_arr(w);
	jsonw_cstr(w, ep->dialect == DIALECT_NATS ? "NATS for Networks" : "Affise 3.0");
	jsonw_end(w);
	parameters(w, ep);
	request_body(w, ep);
	responses(w, ep);
	security(w, ep);
	jsonw_end(w);
}

/* One path may have several rows: the first of them prints all. */
static bool
seen_before(size_t upto, const char *path)
{
	for (size_t i = 0; i < upto; i++) {
		if (strcmp(endpoints[i].path, path) == 0)
			return true;
		for (const struct alias_spec *a = endpoints[i].aliases; a->path != NULL;
		     a++) {
			if (strcmp(a->path, path) == 0)
				return true;
		}
	}
	return false;
}

static void
path_item(struct jsonw *w, const char *path)
{
	jsonw_key(w, path);
	jsonw_obj(w);
	for (size_t i = 0; i < EP_MAX; i++) {
		unsigned no = 1;

		if (strcmp(endpoints[i].path, path) == 0)
			operation(w, &endpoints[i], endpoints[i].method, 0);
		for (const struct alias_spec *a = endpoints[i].aliases; a->path != NULL;
		     a++, no++) {
			if (strcmp(a->path, path) == 0)
				operation(w, &endpoints[i], a->method, no);
		}
	}
	jsonw_end(w);
}

static void
paths(struct jsonw *w)
{
	jsonw_key(w, "paths");
	jsonw_obj(w);
	for (size_t i = 0; i < EP_MAX; i++) {
		const struct alias_spec *first = endpoints[i].aliases, *a;

		if (!seen_before(i, endpoints[i].path))
			path_item(w, endpoints[i].path);
		for (a = first; a->path != NULL; a++) {
			bool again = seen_before(i, a->path) ||
				     strcmp(a->path, endpoints[i].path) == 0;

			for (const struct alias_spec *b = first; b < a; b++)
				again |= strcmp(b->path, a->path) == 0;
			if (!again)
				path_item(w, a->path);
		}
	}
	jsonw_end(w);
}

static void
field_schema(struct jsonw *w, const struct reply_field *f)
{
	bool number = strcmp(f->type, "money") == 0;

	if (strcmp(f->type, "sub") == 0) {
		reference(w, f->other);
		return;
	}
	jsonw_obj(w);
	if (strcmp(f->type, "arr") == 0) {
		pair(w, "type", "array");
		jsonw_key(w, "items");
		reference(w, f->other);
	} else if (strcmp(f->type, "raw") != 0) {
		pair(w, "type",
		    number                         ? "number"
		    : strcmp(f->type, "int") == 0  ? "integer"
		    : strcmp(f->type, "flag") == 0 ? "boolean"
						   : "string");
	}
	pair(w, "description", f->doc);
	jsonw_end(w);
}

static void
schemas(struct jsonw *w)
{
	jsonw_key(w, "schemas");
	jsonw_obj(w);
	for (const struct reply_schema *const *s = reply_schemas; *s != NULL; s++) {
		jsonw_key(w, (*s)->name);
		if ((*s)->json != NULL) {
			jsonw_raw(w, str_of((*s)->json));
			continue;
		}
		jsonw_obj(w);
		pair(w, "type", "object");
		pair(w, "description", (*s)->doc);
		jsonw_key(w, "properties");
		jsonw_obj(w);
		for (const struct reply_field *f = (*s)->fields; f->name != NULL; f++) {
			jsonw_key(w, f->name);
			field_schema(w, f);
		}
		jsonw_end(w);
		/* The encoder that the same rows make writes every field. */
		jsonw_key(w, "required");
		jsonw_arr(w);
		for (const struct reply_field *f = (*s)->fields; f->name != NULL; f++)
			jsonw_cstr(w, f->name);
		jsonw_end(w);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
security_schemes(struct jsonw *w)
{
	static const char *const keys[][2] = {{"nats_username", "api-username"},
	    {"nats_key", "api-key"}, {"affise_key", "API-Key"}};

	jsonw_key(w, "securitySchemes");
	jsonw_obj(w);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		jsonw_key(w, keys[i][0]);
		jsonw_obj(w);
		pair(w, "type", "apiKey");
		pair(w, "in", "header");
		pair(w, "name", keys[i][1]);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static bool
to_file(void *ctx, struct str bytes)
{
	return fwrite(bytes.p, 1, bytes.n, ctx) == bytes.n;
}

static void
print_openapi(FILE *to)
{
	struct jsonw *w = jsonw_new_sink(to_file, to);

	jsonw_obj(w);
	pair(w, "openapi", "3.1.0");
	jsonw_key(w, "info");
	jsonw_obj(w);
	pair(w, "title", "affiliated");
	pair(w, "version", PACKAGE_VERSION);
	jsonw_end(w);
	paths(w);
	jsonw_key(w, "components");
	jsonw_obj(w);
	schemas(w);
	security_schemes(w);
	jsonw_end(w);
	jsonw_end(w);
	jsonw_flush(w);
	jsonw_free(&w);
	(void)fputc('\n', to);
}

/* ---- mdoc ---- */

/* Where mdoc wants a new line: behind a sentence that another one follows. */
static bool
ends_sentence(const char *p)
{
	return (*p == '.' || *p == ':') && p[1] == ' ' &&
	       (p[2] == ' ' || (p[2] >= 'A' && p[2] <= 'Z'));
}

/* Text of the tables as mdoc: a line that begins with a dot or a quote would be a
 * request, and a backslash an escape. */
static void
mdoc_text(FILE *to, const char *text)
{
	bool fresh = true;

	for (const char *p = text; *p != '\0'; p++) {
		if (fresh && (*p == '.' || *p == '\''))
			(void)fputs("\\&", to);
		fresh = *p == '\n';
		if (*p == '\\') {
			(void)fputs("\\e", to);
		} else if (ends_sentence(p)) {
			(void)fprintf(to, "%c\n", *p);
			while (p[1] == ' ')
				p++;
			fresh = true;
		} else {
			(void)fputc(*p, to);
		}
	}
	(void)fputc('\n', to);
}

static void
mdoc_values(FILE *to, const struct arg_spec *s)
{
	struct str rest = str_of(s->words);
	const char *sep = "";

	if (s->words == NULL)
		return;
	(void)fputs("One of\n", to);
	while (rest.p != NULL) {
		struct str word = str_split(&rest, '|');

		(void)fprintf(to, "%s.Cm " STR_FMT, sep, STR_ARG(word));
		sep = " ,\n";
	}
	(void)fputs(" .\n", to);
}

static void
mdoc_range(FILE *to, const struct arg_spec *s)
{
	char least[MONEY_TEXT], most[MONEY_TEXT];

	switch (s->type) {
	case ARG_T_int:
	case ARG_T_id:
	case ARG_T_ids:
		(void)fprintf(to, "From %lld", (long long)s->min);
		if (s->max < INT64_MAX)
			(void)fprintf(to, " to %lld", (long long)s->max);
		(void)fputs(".\n", to);
		break;
	case ARG_T_file:
		(void)fprintf(to, "A file, or a text of at most %lld characters.\n",
		    (long long)s->max);
		break;
	case ARG_T_str:
	case ARG_T_strs:
	case ARG_T_csv:
	case ARG_T_when:
		(void)fprintf(to, "At most %lld characters.\n", (long long)s->max);
		break;
	case ARG_T_pct:
		(void)pct_format(least, s->min, 0);
		(void)pct_format(most, s->max, 0);
		(void)fprintf(to, "From %s to %s percent.\n", least, most);
		break;
	default:
		break;
	}
}

static void
mdoc_arg(FILE *to, const struct arg_spec *s)
{
	struct str names = str_of(s->wire), name = str_split(&names, '|');

	(void)fprintf(to, ".It Ar " STR_FMT, STR_ARG(name));
	(void)fprintf(to, " Pq %s\n", s->need == NEED_REQUIRED ? "required" : "optional");
	mdoc_text(to, s->doc);
	mdoc_values(to, s);
	mdoc_range(to, s);
	if (s->def != NULL)
		(void)fprintf(
		    to, "Default:\n.Ql %s .\n", s->def[0] == '\0' ? "\\&" : s->def);
	if (names.p != NULL)
		(void)fputs("Also taken as\n", to);
	while (names.p != NULL) {
		name = str_split(&names, '|');
		(void)fprintf(to, ".Ql " STR_FMT "%s", STR_ARG(name),
		    names.p == NULL           ? " .\n"
		    : str_chr(names, '|') < 0 ? "\nor\n"
					      : " ,\n");
	}
}

static void
mdoc_endpoint(FILE *to, const struct endpoint *ep)
{
	(void)fprintf(to, ".It Sy %s %s\n", endpoint_method_name(ep->method), ep->path);
	mdoc_text(to, ep->brief);
	if (ep->more[0] != '\0')
		mdoc_text(to, ep->more);
	(void)fprintf(to, "For: %s.\n", endpoint_role_name(ep->role));
	for (const struct alias_spec *a = ep->aliases; a->path != NULL; a++)
		(void)fprintf(
		    to, "Also\n.Sy %s %s .\n", endpoint_method_name(a->method), a->path);
	if (ep->args[0].wire != NULL) {
		(void)fputs(".Bl -tag -width Ds\n", to);
		for (const struct arg_spec *s = ep->args; s->wire != NULL; s++)
			mdoc_arg(to, s);
		(void)fputs(".El\n", to);
	}
	for (const struct reply_spec *r = ep->replies; r->status != 0; r++) {
		(void)fprintf(to, ".Pp\nReply %u:\n", r->status);
		mdoc_text(to, r->schema->doc);
	}
}

static void
mdoc_dialect(FILE *to, const char *title, enum dialect d)
{
	(void)fprintf(to, ".Sh %s\n.Bl -tag -width Ds\n", title);
	for (size_t i = 0; i < EP_MAX; i++) {
		if (endpoints[i].dialect == d)
			mdoc_endpoint(to, &endpoints[i]);
	}
	(void)fputs(".El\n", to);
}

static const char mdoc_head[] =
    ".\\\" Printed by affiliated -x mdoc from its endpoint table.\n"
    ".Dd $Mdocdate$\n"
    ".Dt AFFILIATED-API 7\n"
    ".Os\n"
    ".Sh NAME\n"
    ".Nm affiliated-api\n"
    ".Nd the REST calls of affiliated\n"
    ".Sh DESCRIPTION\n"
    "Two dialects over the same data: that of NATS for Networks below\n"
    ".Pa /api/\n"
    "and that of Affise 3.0 below\n"
    ".Pa /3.0/ .\n"
    ".Pp\n"
    "Parameters are taken from the query and from the body, which may be urlencoded,\n"
    "multipart/form-data or a JSON object, on any method; a name in the body wins.\n"
    "Arrays are written as PHP does:\n"
    ".Ql a[]=1&a[]=2 ,\n"
    ".Ql a[0]=1 ,\n"
    ".Ql a[key][sub]=1 .\n"
    "A request has at most 1000 parameters, eight levels deep; texts are UTF-8 without "
    "NUL.\n"
    "Unknown parameters are ignored; documented ones that this version does not take "
    "are\n"
    "refused by name.\n"
    ".Pp\n"
    "The NATS dialect wants the headers\n"
    ".Sy api-username\n"
    "and\n"
    ".Sy api-key\n"
    "of an administrator, from an address in the setting\n"
    ".Sy ADMIN_API_ALLOWED_IPS .\n"
    "Its failures are\n"
    ".Ql {\\(dqresult\\(dq: \\(dqerror\\(dq, \\(dqmessage\\(dq: ...}\n"
    "with status 200, 404 for a value that is not valid, 400 for a request that cannot "
    "be read.\n"
    "A write may carry a header\n"
    ".Sy Idempotency-Key\n"
    "of up to 255 characters: sent again with the same key and parameters within 24 "
    "hours,\n"
    "it is not executed again, and the first answer is given.\n"
    "Other parameters under the same key are answered with 422; 409 means that the "
    "first\n"
    "request has not been answered, be it that it runs, be it that a crash left its "
    "outcome\n"
    "unknown.\n"
    "An answer that says to try again (429, 5xx) is not kept.\n"
    "The Affise dialect wants the key of an administrator or an affiliate in the header "
    "or query\n"
    "parameter\n"
    ".Sy API-Key .\n"
    "Its failures are\n"
    ".Ql {\\(dqstatus\\(dq: 2, \\(dqerror\\(dq: ..., \\(dqmessage\\(dq: ...}\n"
    "with the status of the failure.\n"
    "Every answer carries\n"
    ".Sy X-Request-Id ,\n"
    "which is also in the request log.\n";

static void
print_mdoc(FILE *to)
{
	(void)fputs(mdoc_head, to);
	mdoc_dialect(to, "NATS FOR NETWORKS", DIALECT_NATS);
	mdoc_dialect(to, "AFFISE 3.0", DIALECT_AFFISE);
	(void)fputs(".Sh SEE ALSO\n.Xr affiliatectl 8 ,\n.Xr affiliated 8\n", to);
}

int
xprint(const char *what, FILE *to)
{
	if (strcmp(what, "openapi") == 0)
		print_openapi(to);
	else if (strcmp(what, "mdoc") == 0)
		print_mdoc(to);
	else if (strcmp(what, "endpoints") == 0)
		print_endpoints(to);
	else
		return 1;
	return fflush(to) == 0 && ferror(to) == 0 ? 0 : 2;
}
