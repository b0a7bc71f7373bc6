package io.mesosiam.sandbox.mesos;

/** How a master calls itself. */
record Advertised(String hostname, int port) {
    String pid() {
        return "master@127.0.0.1:" + port;
    }

    /** Where redirects lead: without a scheme, as Mesos writes it. */
    String location() {
        return "//" + hostname + ":" + port;
    }
}
