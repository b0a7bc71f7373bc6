package io.mesosiam.channel;

import io.mesosiam.loglimit.RepeatedLines;
import java.time.InstantSource;
import java.util.OptionalLong;

/** Limits the log lines about one certificate to one a minute of each kind, since a refused agent retries every second. */
record StreamLines(RepeatedLines lines, InstantSource clock, CertificateNames certificate) {
    /**
     * Whether to log a line of this kind.
     *
     * @return the number of lines suppressed since the last one; empty if this one is suppressed too
     */
    OptionalLong due(String kind) {
        return lines.due(kind + " " + certificate, clock.instant());
    }
}
