/* fields.h - the texts a record may carry: number on the wire, name, longest length.  No guard, on
 * purpose: included again for each thing made from it.  Numbers are never reused.
 *
 *  FIELD(number, name, longest)                                                                    */
/* clang-format off */
/* of a click */
FIELD(  1, ua,                 512)
FIELD(  2, referrer,          1024)
FIELD(  3, sub1,               255)   /* subaff of the NATS dialect */
FIELD(  4, sub2,               255)
FIELD(  5, sub3,               255)
FIELD(  6, sub4,               255)
FIELD(  7, sub5,               255)
FIELD(  8, ocid,               255)   /* _ocid */
FIELD(  9, extra,             4096)   /* every other variable, urlencoded: sub6..8, ref_id, custom ones */
FIELD( 10, subids,             512)   /* names of autocamp and autosubids: track/subnames.h */
FIELD( 11, browser,             16)   /* surfer_browser() as hex; of a pixel in a browser, too */
FIELD( 62, chain,              200)   /* where the visitor was sent on, hop_text() of track/hop.h */
FIELD( 60, place,              257)   /* region LF city, as the geo file has them */
FIELD( 61, isp,                128)
/* of an event: see nats-behaviour.md 2.1, 2.8 and affise-3.0.md "Conversion postback" */
FIELD( 20, click,               40)   /* click id or hash, either spelling, as sent */
FIELD( 21, orderid,            190)   /* orderid, action_id */
FIELD( 22, transactionid,       20)
FIELD( 23, goal,               190)   /* id or value */
FIELD( 24, amount,              40)   /* amount, revenue: what the network earned, as sent */
FIELD( 25, gross,               40)
FIELD( 26, sum,                 40)   /* Affise: the order's amount */
FIELD( 27, currency,             3)
FIELD( 28, status,               8)   /* Affise: forced status number */
FIELD( 29, subscription_id,    190)
FIELD( 30, offerid,             20)
FIELD( 31, pending,              8)
FIELD( 32, secure,             190)
FIELD( 33, type,                16)   /* void, omit, chargeback */
FIELD( 34, approved,             8)
FIELD( 35, cost,                40)
FIELD( 36, reverse,              8)
FIELD( 37, comment,           1024)
FIELD( 38, ip,                  45)   /* the visitor's, as the sender says */
FIELD( 39, person,            4096)   /* firstname=..&email=..: urlencoded */
FIELD( 40, custom,            4096)   /* custom1..5, trans_custom1..5, custom_field1..7: urlencoded */
FIELD( 41, request,           4096)   /* the request as received, secrets left out: for the log */
FIELD( 42, cookie,            1024)   /* click hashes of the sender's oc_ cookies: "offerid:hash,..." */
FIELD( 52, refused,           190)   /* the parameter a post was refused for before it was an event */
FIELD( 47, marks,             1024)   /* offers of the oc_d_ cookies: what this browser has converted on: "6,12" */
FIELD( 48, ocode,              512)   /* tracking code, when there is no hash */
FIELD( 57, signature,         64)   /* the signature as hex when it is good, else a word for what is wrong with it */
FIELD( 58, rows,             16000)   /* what an edit or import is about: book/bulk.h */
FIELD( 59, part,                64)   /* call.number.of, of one in several records; else not there */
FIELD( 63, payout,              40)
FIELD( 56, frame,                1)   /* the answer is a page: an affiliate's pixels may stand in it */
/* clang-format on */
