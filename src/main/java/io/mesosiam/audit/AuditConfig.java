package io.mesosiam.audit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Settings of the audit trail. */
@ConfigMapping(prefix = "mesos-iam.audit")
public interface AuditConfig {
    /**
     * How many days audit events are kept; whole months are dropped. At least the column {@code shortest} of the table
     * {@code audit_retention}, 90 days unless the database's owner changes it. Default 400.
     */
    @WithDefault("400")
    int retentionDays();

    /** For how many months partitions are made ahead, 1 to 12. Default 2. */
    @WithDefault("2")
    int monthsAhead();

    /** Where events are streamed to. */
    Stream stream();

    /** Settings of the stream. */
    interface Stream {
        /**
         * The file that events are appended to, a line of JSON each. Absent: no file. Only one of {@code file} and {@code
         * syslog} can be set.
         */
        Optional<Path> file();

        /** The syslog that events are sent to (RFC 5424): {@code udp://host:514} or {@code tcp://host:601}. */
        Optional<URI> syslog();

        /**
         * The name under which the database remembers how far the stream has got. Of the controllers with the same name, one
         * streams at a time; controllers with different names each stream everything. Default {@code audit}.
         */
        @WithDefault("audit")
        String name();
    }
}
