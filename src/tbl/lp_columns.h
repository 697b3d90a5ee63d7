/* lp_columns.h - table `landing_page`, all but its id.  Read by domain/landingpage.h; kinds: domain/row.h.
 * No guard, on purpose.
 *
 *  COL(name, kind, words)                                                                           */
/* clang-format off */
COL(offer_id,                 num,  -)
COL(name,                     text, -)
COL(shortname,                text, -)
COL(url,                      text, -)
COL(preview_url,              text, -)
COL(description,              text, -)
COL(internal_desc,            text, -)
COL(conversion_type,          word, landingpage_type_words)
COL(postback_ips,             text, -)
COL(void_ips,                 text, -)
COL(tracking_domain_id,       ref,  -)
COL(hostnpost_ips,            text, -)
COL(disable_url_sanitization, flag, -)
COL(disable_deep_linking,     flag, -)
COL(private,                  flag, -)
COL(requestable,              flag, -)
COL(redirect_hash,            text, -)
COL(thumb_url,                text, -)
COL(force_url,                text, -)
COL(language,                 ref,  -)
COL(transit,                  flag, -)
COL(deleted,                  flag, -)
COL(created_us,               num,  -)
COL(updated_us,               num,  -)
/* clang-format on */
