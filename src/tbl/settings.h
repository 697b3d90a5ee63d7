/* settings.h - the keys of affiliated.yaml.  No guard, on purpose.
 *
 *  SETTING(name, type, default as text, least, greatest, text)
 *
 * Types: str; int; bytes (8MiB, 64KiB); ms and sec (250ms, 2s, 5m, 3d); flag (true, false); list (a sequence of
 * texts, or one text); word (one of the words in `greatest`'s place, parted by |).  Every key takes
 * effect at a reload, but for those whose text ends in "Restart." */
/* clang-format off */
/* processes */
SETTING(listen,             list,  "127.0.0.1:8080", 0, 0,              "Addresses to serve: host:port, [v6]:port or unix:/path.  Restart.")
SETTING(workers,            int,   "0",              0, 64,             "Worker processes; 0 is one a core.  Restart.")
SETTING(user,               str,   "",               0, 0,              "Unprivileged user to become when started as root; empty: stay.  Restart.")
SETTING(state_dir,          str,   "/var/lib/affiliated", 0, 0,         "Journal, managed database, request log, pid file.  Restart.")
SETTING(node_id,            int,   "1",              1, 999,            "This node's number; unique among the nodes of one database.  Restart.")
SETTING(drain_timeout,      sec,   "30s",            1, 3600,           "Longest time a stopping worker waits for requests in progress.")
/* logs */
SETTING(log_file,           str,   "",               0, 0,              "The server's own log; empty: standard error.")
SETTING(log_level,          word,  "info",           0, "debug|info|warning|error", "Least level that is logged.")
SETTING(request_log,        str,   "",               0, 0,              "JSON log of requests, a line each; empty: none.")
/* database */
SETTING(database,           word,  "managed",        0, "managed|external", "managed: a private MariaDB under state_dir; external: the one below.  Restart.")
SETTING(database_socket,    str,   "",               0, 0,              "External: Unix socket; empty: TCP.")
SETTING(database_host,      str,   "127.0.0.1",      0, 0,              "External: host.")
SETTING(database_port,      int,   "3306",           1, 65535,          "External: port.")
SETTING(database_user,      str,   "affiliated",     0, 0,              "External: user.")
SETTING(database_password,  str,   "",               0, 0,              "External: password.")
SETTING(database_name,      str,   "affiliated",     0, 0,              "Name of the database, managed or external.")
SETTING(database_buffer,    bytes, "256MiB",         16777216, 1099511627776, "Managed: size of the InnoDB buffer pool.  Restart.")
SETTING(database_dir,       str,   "",               0, 0,              "Managed: where its files are; empty: database under state_dir.  Restart.")
SETTING(schema_dir,         str,   "",               0, 0,              "Where the schema's steps are; empty: where they were installed.")
/* shared memory */
SETTING(shm_dir,            str,   "/dev/shm",       0, 0,              "A tmpfs for rings and counters.  Restart.")
SETTING(ring_clicks_bytes,  bytes, "16MiB",          65536, 1073741824, "Click lane of a worker, a power of two; four workers' worth are reserved for each.  Restart.")
SETTING(ring_events_bytes,  bytes, "4MiB",           65536, 1073741824, "Event lane of a worker, a power of two.  Restart.")
SETTING(unique_entries,     int,   "1048576",        1024, 1073741824,  "Surfers remembered for uniqueness, 8 bytes each, a power of two; twice as many as come in a day.  Restart.")
SETTING(full_ring,          word,  "refuse",         0, "refuse|redirect", "A click that finds its ring full: refused with 503, or redirected with the loss counted.")
/* journal */
SETTING(journal_segment_bytes, bytes, "64MiB",       1048576, 4294967296, "Size of a journal segment.  Restart.")
SETTING(journal_disk_budget, bytes, "8GiB",          4194304, 1125899906842624, "Most disk the journal may use; when it is spent, 503.")
SETTING(journal_keep,       sec,   "3d",             0, 31536000,       "How long folded segments stay, so that a restored backup folds forward.")
SETTING(postback_wait,      ms,    "2s",             1, 60000,          "How long a postback waits for its outcome before it is answered as accepted.")
SETTING(raw_click_days,     int,   "0",              0, 36500,          "Days that raw clicks are kept; 0: for ever.")
/* requests */
SETTING(max_body,           bytes, "1MiB",           1024, 67108864,    "Longest request body; 413 beyond it.")
SETTING(max_upload,         bytes, "9MiB",           1024, 67108864,    "The same of calls that take files (creatives and logo of an offer), of which none may be longer than 8 MiB.  No effect below max_body.")
SETTING(max_connections,    int,   "4096",           16, 1000000,       "Connections a worker holds at once.")
SETTING(api_threads,        int,   "4",              1, 64,             "Threads a worker answers REST calls with.")
SETTING(proxy_protocol,     flag,  "false",          0, 0,              "Read PROXY protocol version 1 or 2 from trusted_proxies; of version 2 also whether the client came over TLS.")
SETTING(trusted_proxies,    list,  "",               0, 0,              "Addresses and networks whose PROXY line, X-Forwarded-For and X-Forwarded-Proto are believed.")
SETTING(nats_status_unauthorized, int, "401",        200, 599,          "HTTP status of the NATS dialect for missing or wrong credentials.")
SETTING(nats_status_forbidden, int, "403",           200, 599,          "HTTP status of the NATS dialect for an address or account that is not allowed.")
SETTING(nats_bare_account_replies, flag, "false",    0, 0,              "Leave out the one-element array around account replies.")
/* telling */
SETTING(notify_parallel,    int,   "256",            1, 4096,           "Postbacks to affiliates that are under way at once.")
SETTING(notify_per_host,    int,   "4",              1, 256,            "Of these, to one host; a host that does not answer is asked once at a time.")
SETTING(notify_private_addresses, flag, "false",     0, 0,              "Postbacks may go to private, loopback and link-local addresses, and creatives be fetched from there.")
SETTING(post_log_days,      int,   "90",             0, 3650,           "Days that the log of posts and voids is kept; 0: for ever.")
SETTING(notify_log_days,    int,   "30",             1, 3650,           "Days that the log of postbacks is kept.")
SETTING(mail_relay,         str,   "",               0, 0,              "Where mail is handed over: smtp://host:port or smtps://host:port; empty: none is sent.")
SETTING(mail_from,          str,   "affiliated@localhost", 0, 0,        "Sender of mails.")
SETTING(mail_admin,         str,   "",               0, 0,              "Who gets what is said to the network itself, such as caps that are reached; empty: its first administrator.")
SETTING(mail_user,          str,   "",               0, 0,              "Login at the relay; empty: none.")
SETTING(mail_password,      str,   "",               0, 0,              "Its password.")
/* data */
SETTING(geo_files,          list,  "",               0, 0,              "Databases in MaxMind's format; what none of them has is unknown.")
SETTING(ua_regexes,         str,   "",               0, 0,              "regexes.yaml of uap-core; empty: the packaged one, else user agents are unknown.  Restart.")
SETTING(bot_patterns,       str,   "",               0, 0,              "List of user agent patterns that mark bots; empty: the installed one.")
/* clang-format on */
