package io.mesosiam.sandbox.mesos;

/** The address that a master advertises. */
record Advertised(String hostname, int port) {
    String pid() {
        return "master@127.0.0.1:" + port;
    }

    /** The target of redirects: without a scheme, as Mesos writes it. */
    String location() {
        return "//" + hostname + ":" + port;
    }
}
