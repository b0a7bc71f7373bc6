package io.mesosiam.controller.start;

import static java.util.Locale.ROOT;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The smallest and the largest value of each setting that is a duration or a number. Outside of them the controller
 * would not work: it would poll without a pause, detect nothing for days, or overflow. docs/controller.md lists the
 * same bounds.
 */
final class SettingBounds {
    private SettingBounds() {}

    /** The range of a setting, both ends included. */
    sealed interface Bounds {
        /** Both ends as an operator writes them: {@code 10s to 24h}. */
        String text();

        /** For durations. */
        record Time(String least, String most) implements Bounds {
            boolean contains(Duration value) {
                return value.compareTo(parsed(least)) >= 0 && value.compareTo(parsed(most)) <= 0;
            }

            @Override
            public String text() {
                return least + " to " + most;
            }
        }

        /** For whole numbers. */
        record Count(long least, long most) implements Bounds {
            boolean contains(long value) {
                return value >= least && value <= most;
            }

            @Override
            public String text() {
                return least + " to " + most;
            }
        }
    }

    static final Map<String, Bounds> ALL = Map.ofEntries(
            time("mesos-iam.mesos.poll-interval", "1s", "1h"),
            time("mesos-iam.mesos.poll-alone-interval", "2s", "10m"),
            time("mesos-iam.mesos.connect-timeout", "100ms", "1m"),
            time("mesos-iam.mesos.read-timeout", "1s", "10m"),
            count("mesos-iam.mesos.heartbeat-misses", 1, 100),
            count("mesos-iam.mesos.max-snapshot-bytes", 1L << 20, 1L << 34),
            count("mesos-iam.mesos.max-record-bytes", 1L << 16, 1L << 30),
            time("mesos-iam.policy.poll-interval", "1s", "10m"),
            time("mesos-iam.policy.query-timeout", "100ms", "2m"),
            count("mesos-iam.lease.concurrent-calls", 1, 10_000),
            time("mesos-iam.lease.full-pass", "10s", "24h"),
            time("mesos-iam.lease.out-of-sight-limit", "1m", "720h"),
            time("mesos-iam.lease.journal-delay", "1ms", "10s"),
            count("mesos-iam.lease.journal-capacity", 100, 1_000_000),
            time("mesos-iam.lease.without-database-limit", "1s", "168h"),
            time("mesos-iam.lease.withdrawal-poll", "1s", "10m"),
            count("mesos-iam.blast-radius.leases", 0, 1_000_000),
            count("mesos-iam.blast-radius.percent", 0, 100),
            time("mesos-iam.sts.connect-timeout", "100ms", "1m"),
            time("mesos-iam.sts.attempt-timeout", "100ms", "1m"),
            time("mesos-iam.sts.call-timeout", "100ms", "5m"),
            count("mesos-iam.sts.calls-per-second", 1, 100_000),
            time("mesos-iam.sts.longest-queue", "1s", "10m"),
            time("mesos-iam.sts.longest-session", "15m", "12h"),
            time("mesos-iam.revoke.call-timeout", "1s", "5m"),
            time("mesos-iam.revoke.poll-interval", "1s", "10m"),
            time("mesos-iam.channel.hello-timeout", "1s", "5m"),
            time("mesos-iam.channel.ping-interval", "1s", "5m"),
            time("mesos-iam.channel.claim-timeout", "100ms", "1m"),
            count("mesos-iam.channel.longest-queue", 16, 1_000_000),
            count("mesos-iam.channel.containers-per-host", 1, 32_768),
            time("mesos-iam.enrol.certificate-lifetime", "1m", "720h"),
            count("mesos-iam.enrol.requests-per-minute", 1, 1_000_000),
            count("mesos-iam.enrol.requests-per-second", 1, 1_000_000),
            count("mesos-iam.exposure.tries-per-second", 1, 100),
            time("mesos-iam.enrol.ec2.launched-within", "1m", "87600h"),
            time("mesos-iam.enrol.ec2.call-timeout", "500ms", "8s"),
            time("mesos-iam.enrol.ec2.poll-interval", "1s", "1h"),
            count("mesos-iam.sign-in.failures-per-minute", 1, 1_000_000),
            count("mesos-iam.audit.retention-days", 1, 36_500),
            count("mesos-iam.audit.months-ahead", 1, 12),
            count("mesos-iam.trace.percent", 0, 100));

    /** The problem of a duration; empty if it is within its bounds. */
    static Optional<StartProblem> problem(String setting, String text, Duration value) {
        return ALL.get(setting) instanceof Bounds.Time time && !time.contains(value)
                ? Optional.of(outside(setting, text, time, value.compareTo(parsed(time.least())) < 0, "short", "long"))
                : Optional.empty();
    }

    /** The problem of a number; empty if it is within its bounds. */
    static Optional<StartProblem> problem(String setting, String text, long value) {
        return ALL.get(setting) instanceof Bounds.Count count && !count.contains(value)
                ? Optional.of(outside(setting, text, count, value < count.least(), "small", "large"))
                : Optional.empty();
    }

    private static StartProblem outside(
            String setting, String text, Bounds bounds, boolean below, String tooLittle, String tooMuch) {
        return StartProblem.setting(
                setting, text, "is too " + (below ? tooLittle : tooMuch), "Write a value from " + bounds.text());
    }

    private static Duration parsed(String text) {
        return Duration.parse("PT" + (text.endsWith("ms") ? thousandth(text) : text.toUpperCase(ROOT)));
    }

    private static String thousandth(String text) {
        return Long.parseLong(text.substring(0, text.length() - 2)) / 1000.0 + "S";
    }

    private static Map.Entry<String, Bounds> time(String setting, String least, String most) {
        return Map.entry(setting, new Bounds.Time(least, most));
    }

    private static Map.Entry<String, Bounds> count(String setting, long least, long most) {
        return Map.entry(setting, new Bounds.Count(least, most));
    }
}
