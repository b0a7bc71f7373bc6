package io.mesosiam.sandbox.mesos;

/** The address that a master advertises. */
record Advertised(String hostname, int port) {
    /** 127.0.0.1 as MasterInfo's {@code ip}: its bytes as a number, in the order of an x86 processor. */
    static final int LOOPBACK = 0x0100007f;

    String pid() {
        return "master@127.0.0.1:" + port;
    }

    /** The target of redirects: without a scheme, as Mesos writes it. */
    String location() {
        return "//" + hostname + ":" + port;
    }
}
