/* ep_nats_config.h - rows of tbl/endpoints.h: /api/config.  No guard, on purpose. */
/* clang-format off */
EP(nats_get_void_ips, GET, "/api/config/get_global_void_ips", ADMIN, "0.2",
    "Addresses from which voids may be posted, for any offer.",
    "Setting global_void_ips of the network.")
REPLY(nats_get_void_ips, 200, nats_ips)
EP_END(nats_get_void_ips)

EP(nats_add_void_ip, POST, "/api/config/add_global_void_ip", ADMIN, "0.2",
    "Put an address on that list.",
    "One that is there already stays.")
ARG(nats_add_void_ip, FORM, ip, str, OPTIONAL, NULL, 0, 64, "Needed: IPv4 or IPv6 address, or a block of them (192.0.2.0/24).")
REPLY(nats_add_void_ip, 200, nats_data)
EP_END(nats_add_void_ip)

EP(nats_remove_void_ip, POST, "/api/config/remove_global_void_ip", ADMIN, "0.2",
    "Take an address off that list.",
    "The entry is named as it was added.")
ARG(nats_remove_void_ip, FORM, ip, str, OPTIONAL, NULL, 0, 64, "Needed: address or block.")
REPLY(nats_remove_void_ip, 200, nats_data)
EP_END(nats_remove_void_ip)

EP(nats_get_post_ips, GET, "/api/config/get_global_post_ips", ADMIN, "0.2",
    "Addresses from which conversions may be posted, for any offer.",
    "Setting global_post_ips of the network.")
REPLY(nats_get_post_ips, 200, nats_ips)
EP_END(nats_get_post_ips)

EP(nats_add_post_ip, POST, "/api/config/add_global_post_ip", ADMIN, "0.2",
    "Put an address on that list.",
    "One that is there already stays.")
ARG(nats_add_post_ip, FORM, ip, str, OPTIONAL, NULL, 0, 64, "Needed: IPv4 or IPv6 address, or a block of them (192.0.2.0/24).")
REPLY(nats_add_post_ip, 200, nats_data)
EP_END(nats_add_post_ip)

EP(nats_remove_post_ip, POST, "/api/config/remove_global_post_ip", ADMIN, "0.2",
    "Take an address off that list.",
    "The entry is named as it was added.")
ARG(nats_remove_post_ip, FORM, ip, str, OPTIONAL, NULL, 0, 64, "Needed: address or block.")
REPLY(nats_remove_post_ip, 200, nats_data)
EP_END(nats_remove_post_ip)

EP(nats_get_hostnpost_ips, GET, "/api/config/get_global_hostnpost_ips", ADMIN, "0.2",
    "Addresses from which host-and-post calls may come, for any offer.",
    "Setting global_hostnpost_ips of the network.")
REPLY(nats_get_hostnpost_ips, 200, nats_ips)
EP_END(nats_get_hostnpost_ips)

EP(nats_add_hostnpost_ip, POST, "/api/config/add_global_hostnpost_ip", ADMIN, "0.2",
    "Put an address on that list.",
    "One that is there already stays.")
ARG(nats_add_hostnpost_ip, FORM, ip, str, OPTIONAL, NULL, 0, 64, "Needed: IPv4 or IPv6 address, or a block of them (192.0.2.0/24).")
REPLY(nats_add_hostnpost_ip, 200, nats_data)
EP_END(nats_add_hostnpost_ip)

EP(nats_remove_hostnpost_ip, POST, "/api/config/remove_global_hostnpost_ip", ADMIN, "0.2",
    "Take an address off that list.",
    "The entry is named as it was added.")
ARG(nats_remove_hostnpost_ip, FORM, ip, str, OPTIONAL, NULL, 0, 64, "Needed: address or block.")
REPLY(nats_remove_hostnpost_ip, 200, nats_data)
EP_END(nats_remove_hostnpost_ip)

EP(nats_store_ips, PATCH, "/api/offer/store_offer_ips", ADMIN, "0.2",
    "Set who may report for landing pages.",
    "Each list that is sent replaces the one that is there.  An address that cannot be read is shown as false and not stored.")
ARG(nats_store_ips, QUERY, ips,     tree, REQUIRED, NULL, 0, 0, "postback_ips, void_ips, hostnpost_ips: at least one, each an array or a text with commas.")
ARG(nats_store_ips, QUERY, targets, tree, REQUIRED, NULL, 0, 0, "landing_pageids, offerids, advertiserids: at least one, each an array or a text with commas.")
REPLY(nats_store_ips, 200, nats_stored_ips)
EP_END(nats_store_ips)
/* clang-format on */
