/* procs.h - the children of the master.  No guard, on purpose.
 *
 *  PROC(id, title, restart after ms, kill after s)
 *
 * A child that lived less than a second waits twice as long before each further start, up to 30 s. */
/* clang-format off */
PROC(MARIADBD, "mariadbd", 100, 120)
PROC(STATS,    "stats",     20, 120)
PROC(NOTIFIER, "notifier", 100,  10)
PROC(WORKER,   "worker",    20,   0)   /* 0: drain_timeout */
/* clang-format on */
