/* ep_affise_stats.h - rows of tbl/endpoints.h: /3.0/stats.  No guard, on purpose. */
/* clang-format off */
/* What all reports over slices take; offer_: whether filter[offer] may be left out. */
#define TABLE_S(id_, offer_) \
    ARGW(id_, QUERY, date_from,  "filter[date_from]", day, REQUIRED, NULL, 0, 0, "First day.") \
    ARGW(id_, QUERY, date_to,    "filter[date_to]", day, REQUIRED, NULL, 0, 0, "Last day, inclusive.") \
    ARGW(id_, QUERY, currency,   "filter[currency]", csv, OPTIONAL, NULL, 3, 3, "One code: only money of that currency, shown in it; several: only theirs, in base.  Default: all, in base.") \
    ARGW(id_, QUERY, advertiser, "filter[advertiser]", refs, OPTIONAL, NULL, 1, UINT32_MAX, "Advertisers.") \
    ARGW(id_, QUERY, offer,      "filter[offer]", refs, offer_, NULL, 1, UINT32_MAX, "Offers.") \
    ARGW(id_, QUERY, manager,    "filter[manager]", refs, OPTIONAL, NULL, 1, UINT32_MAX, "Managers, of the affiliates as they are now.") \
    ARGW(id_, QUERY, partner,    "filter[partner]", csv, OPTIONAL, NULL, 0, 40, "Affiliates; replaced by the caller under an affiliate's key.") \
    ARGW(id_, QUERY, country,    "filter[country]", csv, OPTIONAL, NULL, 2, 2, "Countries, two letters.") \
    ARGW(id_, QUERY, os,         "filter[os]", strs, OPTIONAL, NULL, 0, 64, "Operating systems.") \
    ARGW(id_, QUERY, goal,       "filter[goal]", strs, OPTIONAL, NULL, 0, 190, "Goal values; of conversions.") \
    ARGW(id_, QUERY, sub1,       "filter[sub1]", strs, OPTIONAL, NULL, 0, 255, "Values of sub1.") \
    ARGW(id_, QUERY, sub2,       "filter[sub2]", strs, OPTIONAL, NULL, 0, 255, "Values of sub2.") \
    ARGW(id_, QUERY, sub3,       "filter[sub3]", strs, OPTIONAL, NULL, 0, 255, "Values of sub3.") \
    ARGW(id_, QUERY, sub4,       "filter[sub4]", strs, OPTIONAL, NULL, 0, 255, "Values of sub4.") \
    ARGW(id_, QUERY, sub5,       "filter[sub5]", strs, OPTIONAL, NULL, 0, 255, "Values of sub5.") \
    ARGW(id_, QUERY, device,     "filter[device]", strs, OPTIONAL, NULL, 0, 96, "Devices: desktop, mobile, tablet, tv, other or unknown, or names of models.") \
    ARG(id_,  QUERY, locale,     word, OPTIONAL, "en", 0, "en|ru|es", "Language of city names, as far as the geo files have it.") \
    ARG(id_,  QUERY, timezone,   str, OPTIONAL, NULL, 0, 64, "Zone of days and hours, IANA name.  Default: the network's.") \
    ARG(id_,  QUERY, page,       int, OPTIONAL, "1", 1, 1000000000, "Page, from 1.") \
    ARG(id_,  QUERY, limit,      int, OPTIONAL, "100", 1, INT64_MAX, "Rows a page, at most 500: more is cut, as per_page says.") \
    ARG(id_,  QUERY, orderType,  word, OPTIONAL, "asc", 0, "asc|desc", "Direction.")

EP(affise_custom, GET, "/3.0/stats/custom", ANY, "0.1",
    "Clicks and conversions over any combination of slices.",
    "Conversions stand at their own time under their status now.  Money of clicks is in confirmed, with count 0, under goal 1; traffic cannot be split by goal and is 0 on rows sliced by it.  By day this differs from profit and loss by definition, which goes by the day of booking; over all time charge of confirmed and hold is its net revenue, chargeback costs left out.  Under an affiliate's key everything is his own, and charge and earning are 0.  Besides the sums each row has views (impressions, of rows by time, offer, accounts and country), ctr, ecpm, cr (an object as actions, percent of unique clicks), ratio (unique clicks for one conversion) and epc (payout for a click, rounded to a whole number).  Clicks by city, os_version, device_model, sub1 to sub5 and smart_id, and filtered by those, reach back as far as raw clicks are kept (raw_click_days).")
ARG(affise_custom,  QUERY, slice, words, REQUIRED, NULL, 0, "hour|month|quarter|year|day|offer|country|city|os|os_version|device|device_model|browser|goal|sub1|sub2|sub3|sub4|sub5|advertiser|affiliate|manager|smart_id|trafficback_reason", "What to group by, in order.  advertiser, affiliate, manager (of the affiliate) and smart_id for an administrator's key only.  trafficback_reason: refused clicks in place of all else, counted in the member trafficback; cuts by time, offer, accounts and country go with it.")
TABLE_S(affise_custom, OPTIONAL)
ARGW(affise_custom, QUERY, smart_id, "filter[smart_id]", strs, OPTIONAL, NULL, 0, 24, "SmartLink categories; only with the slice smart_id, which is for an administrator's key.")
ARGW(affise_custom, QUERY, nonzero, "filter[nonzero]", flag, OPTIONAL, "0", 0, 1, "1: only rows with conversions.")
ARGW(affise_custom, QUERY, types, "conversionTypes", words, OPTIONAL, NULL, 0, "total|confirmed|pending|declined|hold|not_found", "Which members `actions` has.  Default: all.")
ARG(affise_custom,  QUERY, order, words, OPTIONAL, NULL, 0, "hour|month|quarter|year|day|currency|offer|country|city|os|os_version|device|device_model|browser|goal|sub1|sub2|sub3|sub4|sub5|confirmed_earning|raw|uniq|total_count|total_revenue|total_null|pending_count|pending_revenue|declined_count|declined_revenue|hold_count|hold_revenue|confirmed_count|confirmed_revenue|trafficback_reason|advertiser|affiliate|manager", "What to sort by: slices of this call, or sums; advertiser, affiliate and manager for an administrator's key only.  Default: the slices.")
REPLY(affise_custom, 200, affise_stats)
EP_END(affise_custom)

#define GETBY(name_, role_, offer_, by1_, by2_, by3_, by4_, brief_, more_) \
    EP(affise_##name_, GET, "/3.0/stats/" #name_, role_, "0.3", brief_, more_) \
    TABLE_S(affise_##name_, offer_) \
    REPLY(affise_##name_, 200, affise_stats) \
    EP_END(affise_##name_)
#include "tbl/getby.h"
#undef GETBY
#undef TABLE_S

EP(affise_conversions, GET, "/3.0/stats/conversions", ANY, "0.1",
    "Single conversions, newest first.",
    "revenue is what the advertiser pays, payouts what the affiliate gets, in the conversion's currency.  An affiliate's key sees his own, without advertiser, supplier_id, revenue and earnings.")
ARG(affise_conversions,  QUERY, date_from, day, OPTIONAL, NULL, 0, 0, "First day, of creation.  Default: seven days ago; none when update_from_date is sent.")
ARG(affise_conversions,  QUERY, date_to, day, OPTIONAL, NULL, 0, 0, "Last day, inclusive.  Default: today.")
ARG(affise_conversions,  QUERY, update_from_date, day, OPTIONAL, NULL, 0, 0, "Only those changed since this day.")
ARG(affise_conversions,  QUERY, update_from_hour, int, OPTIONAL, NULL, 0, 23, "Hour of update_from_date.")
ARG(affise_conversions,  QUERY, status, ids, OPTIONAL, NULL, 1, 5, "1 confirmed, 2 pending, 3 declined, 4 not_found, 5 hold.")
ARG(affise_conversions,  QUERY, offer, refs, OPTIONAL, NULL, 1, UINT32_MAX, "Offers.")
ARG(affise_conversions,  QUERY, advertiser, refs, OPTIONAL, NULL, 1, UINT32_MAX, "Advertisers.")
ARG(affise_conversions,  QUERY, country, csv, OPTIONAL, NULL, 2, 2, "Countries, two letters.")
ARG(affise_conversions,  QUERY, browser, str, OPTIONAL, NULL, 0, 100, "Browser, with or without its version.")
ARG(affise_conversions,  QUERY, action_id, str, OPTIONAL, NULL, 0, 190, "The advertiser's id of the conversion.")
ARG(affise_conversions,  QUERY, clickid, str, OPTIONAL, NULL, 0, 40, "Click id, in either spelling.")
ARG(affise_conversions,  QUERY, os, str, OPTIONAL, NULL, 0, 100, "Operating system, with or without its version.")
ARG(affise_conversions,  QUERY, goal, strs, OPTIONAL, NULL, 0, 190, "Goal values.")
ARG(affise_conversions,  QUERY, device, word, OPTIONAL, NULL, 0, "desktop|mobile|tablet|tv|other|unknown", "Device type.")
ARG(affise_conversions,  QUERY, payouts, money, OPTIONAL, NULL, INT64_MIN, INT64_MAX, "Exactly this payout.")
ARG(affise_conversions,  QUERY, revenue, money, OPTIONAL, NULL, INT64_MIN, INT64_MAX, "Exactly this revenue; for an administrator's key only.")
ARG(affise_conversions,  QUERY, currency, int, OPTIONAL, NULL, 1, 17576, "Number of a currency, as /3.0/admin/currency with extended=1 has it in _id.")
ARG(affise_conversions,  QUERY, hour, int, OPTIONAL, NULL, 0, 23, "One hour; only with a range of one day.")
ARG(affise_conversions,  QUERY, timezone, str, OPTIONAL, NULL, 0, 64, "Zone of days and times, IANA name.  Default: the network's.")
ARG(affise_conversions,  QUERY, custom_field_1, str, OPTIONAL, NULL, 0, 255, "Value of the postback's custom_field1.")
ARG(affise_conversions,  QUERY, custom_field_2, str, OPTIONAL, NULL, 0, 255, "Same of custom_field2.")
ARG(affise_conversions,  QUERY, custom_field_3, str, OPTIONAL, NULL, 0, 255, "Same of custom_field3.")
ARG(affise_conversions,  QUERY, custom_field_4, str, OPTIONAL, NULL, 0, 255, "Same of custom_field4.")
ARG(affise_conversions,  QUERY, custom_field_5, str, OPTIONAL, NULL, 0, 255, "Same of custom_field5.")
ARG(affise_conversions,  QUERY, custom_field_6, str, OPTIONAL, NULL, 0, 255, "Same of custom_field6.")
ARG(affise_conversions,  QUERY, custom_field_7, str, OPTIONAL, NULL, 0, 255, "Same of custom_field7.")
ARG(affise_conversions,  QUERY, subid1, str, OPTIONAL, NULL, 0, 255, "Value of sub1.")
ARG(affise_conversions,  QUERY, subid2, str, OPTIONAL, NULL, 0, 255, "Value of sub2.")
ARG(affise_conversions,  QUERY, subid3, str, OPTIONAL, NULL, 0, 255, "Value of sub3.")
ARG(affise_conversions,  QUERY, subid4, str, OPTIONAL, NULL, 0, 255, "Value of sub4.")
ARG(affise_conversions,  QUERY, subid5, str, OPTIONAL, NULL, 0, 255, "Value of sub5.")
ARG(affise_conversions,  QUERY, partner, csv, OPTIONAL, NULL, 0, 40, "Affiliates; replaced by the caller under an affiliate's key.")
ARG(affise_conversions,  QUERY, page, int, OPTIONAL, "1", 1, 1000000000, "Page, from 1.")
ARG(affise_conversions,  QUERY, limit, int, OPTIONAL, "100", 1, INT64_MAX, "Rows a page, at most 500: more is cut, as per_page says.")
REPLY(affise_conversions, 200, affise_conversions)
EP_END(affise_conversions)

EP(affise_clicks, GET, "/3.0/stats/clicks", ANY, "0.1",
    "Single clicks, newest first.",
    "Those that count: bots, tests and refused clicks are not here, so that the total is the raw traffic of /3.0/stats/custom.  An affiliate's key sees his own.")
ARG(affise_clicks,  QUERY, date_from, day, REQUIRED, NULL, 0, 0, "First day.")
ARG(affise_clicks,  QUERY, date_to, day, REQUIRED, NULL, 0, 0, "Last day, inclusive.")
ARG(affise_clicks,  QUERY, hour, int, OPTIONAL, NULL, 0, 23, "One hour; only with a range of one day.")
ARG(affise_clicks,  QUERY, offer, refs, OPTIONAL, NULL, 1, UINT32_MAX, "Offers.")
ARG(affise_clicks,  QUERY, partner, csv, OPTIONAL, NULL, 0, 40, "Affiliates; replaced by the caller under an affiliate's key.")
ARG(affise_clicks,  QUERY, country, csv, OPTIONAL, NULL, 2, 2, "Countries, two letters.")
ARGW(affise_clicks, QUERY, advertiser, "advertiser|advertisers", refs, OPTIONAL, NULL, 1, UINT32_MAX, "Advertisers; for an administrator's key only.")
ARG(affise_clicks,  QUERY, timezone, str, OPTIONAL, NULL, 0, 64, "Zone of days and times, IANA name.  Default: the network's.")
ARG(affise_clicks,  QUERY, page, int, OPTIONAL, "1", 1, 1000000000, "Page, from 1.")
ARG(affise_clicks,  QUERY, limit, int, OPTIONAL, "100", 1, INT64_MAX, "Rows a page, at most 500: more is cut, as per_page says.")
REPLY(affise_clicks, 200, affise_clicks)
EP_END(affise_clicks)

EP(affise_find_subs, GET, "/3.0/stats/find-subs", ANY, "0.3",
    "Values of sub1 to sub5 that have been seen and hold a text.",
    "Of clicks and conversions of the last 90 days.  Each row has the subs that were asked for; without any there are no rows.  An affiliate's key sees his own.")
ARG(affise_find_subs, QUERY, sub1,  str, OPTIONAL, NULL, 0, 255, "Part of sub1, in any case; empty: all.")
ARG(affise_find_subs, QUERY, sub2,  str, OPTIONAL, NULL, 0, 255, "The same of sub2.")
ARG(affise_find_subs, QUERY, sub3,  str, OPTIONAL, NULL, 0, 255, "The same of sub3.")
ARG(affise_find_subs, QUERY, sub4,  str, OPTIONAL, NULL, 0, 255, "The same of sub4.")
ARG(affise_find_subs, QUERY, sub5,  str, OPTIONAL, NULL, 0, 255, "The same of sub5.")
ARG(affise_find_subs, QUERY, page,  int, OPTIONAL, "1", 1, 1000000000, "Page, from 1.")
ARG(affise_find_subs, QUERY, limit, int, OPTIONAL, "100", 1, INT64_MAX, "Rows a page, at most 500: more is cut, as per_page says.")
REPLY(affise_find_subs, 200, affise_find_subs)
EP_END(affise_find_subs)

EP(affise_retention, GET, "/3.0/stats/retentionrate", ANY, "0.3",
    "By affiliate and day: how many conversions of a goal there were, and how many of them in a hundred came to others.",
    "A conversion has reached an event when its click has another conversion of that goal.  Declined ones and those not found do not count.  Shares are cut to two digits.  An affiliate's key sees his own.")
ARG(affise_retention,  QUERY, date_from, day, REQUIRED, NULL, 0, 0, "First day.")
ARG(affise_retention,  QUERY, date_to, day, REQUIRED, NULL, 0, 0, "Last day, inclusive.")
ARGW(affise_retention, QUERY, offer, "offer|offer_id", ref, REQUIRED, NULL, 1, UINT32_MAX, "Offer.")
ARGW(affise_retention, QUERY, goal, "goal|base_event", str, REQUIRED, NULL, 1, 190, "The goal to begin with: a name that begins with a letter.")
ARG(affise_retention,  QUERY, events, csv, REQUIRED, NULL, 1, 190, "Goals to relate to it, at most 20.")
ARG(affise_retention,  QUERY, affiliate_id, csv, OPTIONAL, NULL, 0, 40, "Affiliates; replaced by the caller under an affiliate's key.")
ARG(affise_retention,  QUERY, timezone, str, OPTIONAL, NULL, 0, 64, "Zone of days, IANA name.  Default: the network's.")
REPLY(affise_retention, 200, affise_retention)
EP_END(affise_retention)

EP(affise_stats_caps, GET, "/3.0/stats/caps", ANY, "0.2",
    "How far the caps of some offers are.",
    "Of the caps that the offer shows.  Rows carry affiliate_id 0 for all affiliates together, or one each.  goal_stats names goals by their number, the base conversion as 1; current_value is the fullest of them.  An affiliate's key sees what holds for him.")
ARG(affise_stats_caps, QUERY, offer_id, refs, REQUIRED, NULL, 1, UINT32_MAX, "Offers, at most 100.")
ARG(affise_stats_caps, QUERY, fields, words, OPTIONAL, "stats", 0, "stats|stats_merged|descr", "Which blocks each offer has.")
ARG(affise_stats_caps, QUERY, affiliate_id, ids, OPTIONAL, NULL, 1, UINT32_MAX, "Only these affiliates; replaced by the caller under an affiliate's key.")
REPLY(affise_stats_caps, 200, affise_stats_caps)
EP_END(affise_stats_caps)
/* clang-format on */
