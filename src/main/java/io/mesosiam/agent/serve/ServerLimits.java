package io.mesosiam.agent.serve;

import java.util.Map;

/**
 * The limits of the JDK's HTTP server, which it reads once, as system properties, when it is first used. A property that
 * is set already stays.
 *
 * @see <a href="https://docs.oracle.com/en/java/javase/25/docs/api/jdk.httpserver/module-summary.html">module
 *     jdk.httpserver</a>
 */
final class ServerLimits {
    private static final Map<String, String> LIMITS = Map.of(
            // an answer is one small write: waiting for a full segment costs 40 ms each
            "sun.net.httpserver.nodelay", "true",
            // seconds: for a whole request to arrive, and for an answer, holding included, to be taken
            "sun.net.httpserver.maxReqTime", "5",
            "sun.net.httpserver.maxRspTime", "10",
            "sun.net.httpserver.idleInterval", "30",
            "sun.net.httpserver.maxReqHeaders", "64",
            "sun.net.httpserver.maxReqHeaderSize", "16384",
            // bytes of an unwanted body that are read before the connection is given up
            "sun.net.httpserver.drainAmount", "4096",
            "sun.net.httpserver.maxIdleConnections", "1024",
            "jdk.httpserver.maxConnections", "1024");

    private ServerLimits() {}

    static void set() {
        LIMITS.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
    }
}
