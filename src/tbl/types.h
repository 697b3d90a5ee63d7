/* types.h - the types an argument of an endpoint can have.  No guard, on purpose.
 *
 *  TYPE(name, C type, OpenAPI type, what is taken)
 *
 * What `min` and `max` of an ARG row bound, and what an empty value means, stands in the text.  In rows of
 * type word and words the allowed words stand in max's place: "cpa|cps|click|hybrid".                */
/* clang-format off */
TYPE(int,   int64_t,              "integer", "a whole number between min and max")
TYPE(id,    int64_t,              "integer", "a number of an object, between min and max")
TYPE(flag,  bool,                 "boolean", "1, true, yes, on; 0, false, no, off or empty")
TYPE(str,   struct str,           "string",  "text of min to max characters")
TYPE(word,  struct arg_word,      "string",  "one of the listed words")
TYPE(money, money_t,              "number",  "a decimal amount; min and max in micro-units")
TYPE(pct,   pct_t,                "number",  "a decimal percentage; min and max in ten-thousandths of a percent")
TYPE(day,   struct arg_day,       "string",  "a day, YYYY-MM-DD or DD-MM-YYYY")
TYPE(when,  struct str,           "string",  "a date text, such as 2017-03-20 14:35:02 or yesterday; at most max characters")
TYPE(ref,   struct arg_ref,       "string",  "a number, or the 24 hex digits of an object")
TYPE(ids,   struct arg_ids,       "array",   "numbers between min and max: an array, one, or several parted by commas")
TYPE(refs,  struct arg_refs,      "array",   "as ids, each a number or 24 hex digits")
TYPE(strs,  struct arg_strs,      "array",   "texts of min to max characters: an array or one")
TYPE(csv,   struct arg_strs,      "array",   "as strs, and one text is cut at its commas")
TYPE(words, struct arg_words,     "array",   "listed words: an array, one, or several parted by commas")
TYPE(file,  struct arg_file,      "string",  "an uploaded file, a part of multipart/form-data with a filename; or a text of min to max characters")
TYPE(files, struct arg_files,     "array",   "uploaded files, parts of multipart/form-data with filenames: an array or one")
TYPE(tree,  struct json_object *, "object",  "an object or array in brackets or JSON; the handler looks into it.  max: rows it may have, 0 as the bound of all parameters allows")
/* clang-format on */
