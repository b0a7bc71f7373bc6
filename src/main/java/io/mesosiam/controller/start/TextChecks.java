package io.mesosiam.controller.start;

import io.mesosiam.audit.SyslogAddress;
import io.mesosiam.channel.SpiffeIds;
import io.mesosiam.enrol.ec2.InstanceConditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Checks settings whose texts have a form: a region, a name, a principal. */
final class TextChecks {
    /** Same as the constraint {@code policy_region_form} of the policy table. */
    private static final String REGION = "[a-z]{2,8}(-[a-z]{2,12}){1,3}-[0-9]{1,2}";

    private static final int LONGEST_ID = 255;
    private static final List<String> POOLS = List.of(
            "quarkus.datasource.jdbc.max-size",
            "quarkus.datasource.reactive.max-size",
            "quarkus.datasource.admin.reactive.max-size",
            "quarkus.datasource.session.reactive.max-size");

    private final Settings settings;
    private final List<StartProblem> problems = new ArrayList<>();

    private TextChecks(Settings settings) {
        this.settings = settings;
    }

    static List<StartProblem> problems(Settings settings) {
        TextChecks checks = new TextChecks(settings);
        checks.check(
                "mesos-iam.sts.region",
                text -> text.matches(REGION),
                "is not an AWS region's name",
                "Write it as AWS does: eu-west-1");
        checks.check(
                "mesos-iam.channel.controller-id",
                text -> text.length() <= LONGEST_ID && isPrintable(text),
                "is too long, or has control characters",
                "Write a name of 1 to " + LONGEST_ID + " printable characters");
        checks.check(
                "mesos-iam.channel.spiffe-id",
                SpiffeIds::isForm,
                "is not the form of a SPIFFE id with {host} as one of its segments",
                "Write it as spiffe://example.org/mesos/{host}");
        checks.check(
                "mesos-iam.revoke.role-name",
                text -> text.matches("[\\w+=,.@-]{1,64}"),
                "is not the name of an IAM role",
                "Write the name without path and account: mesos-iam-revoker");
        checks.check(
                "mesos-iam.enrol.ec2.accounts",
                text -> isRead(text, InstanceConditions::accounts),
                "is no list of AWS accounts",
                "Write accounts of 12 digits, each with =ROLE_ARN if a role is to be assumed in it, with commas between them");
        checks.check(
                "mesos-iam.enrol.ec2.tags",
                text -> isRead(text, InstanceConditions::tags),
                "is no list of tags",
                "Write NAME=VALUE, with commas between them");
        checks.check(
                "mesos-iam.mesos.principal",
                text -> text.indexOf(':') < 0 && isPrintable(text),
                "can't be sent: a principal in HTTP Basic authentication has no colon and no control characters",
                "Write the principal alone; its secret belongs into mesos-iam.mesos.secret-file");
        POOLS.forEach(pool -> checks.check(
                pool,
                text -> settings.value(pool, Integer.class)
                        .filter(size -> size > 0)
                        .isPresent(),
                "is not a number of connections",
                "Write a whole number from 1"));
        checks.check(
                "mesos-iam.audit.stream.name",
                text -> text.matches("[a-z0-9][a-z0-9.-]{0,252}"),
                "is not the name of a stream",
                "Write 1 to 253 lower-case letters, digits, dots or hyphens");
        checks.check(
                "mesos-iam.audit.stream.syslog",
                SyslogAddress::isUsable,
                "is not the address of a syslog",
                "Write udp://host:514 or tcp://host:601");
        checks.check(
                "mesos-iam.audit.stream.syslog",
                _ -> settings.text("mesos-iam.audit.stream.file").isEmpty(),
                "is given beside mesos-iam.audit.stream.file",
                "Give one of both: a stream has one sink");
        checks.timeouts();
        return checks.problems;
    }

    private void check(String setting, Predicate<String> right, String problem, String cure) {
        settings.text(setting)
                .filter(right.negate())
                .ifPresent(text -> problems.add(StartProblem.setting(setting, text, problem, cure)));
    }

    /** An attempt must not be longer than its call, which would cut it off. */
    private void timeouts() {
        String attempt = "mesos-iam.sts.attempt-timeout";
        String call = "mesos-iam.sts.call-timeout";
        Optional<Duration> whole = settings.value(call, Duration.class);
        settings.value(attempt, Duration.class)
                .filter(part -> whole.filter(limit -> part.compareTo(limit) > 0).isPresent())
                .ifPresent(part -> problems.add(StartProblem.setting(
                        attempt,
                        settings.text(attempt).orElse(""),
                        "is longer than " + call + "=" + settings.text(call).orElse(""),
                        "Write a shorter time, or a longer one for " + call)));
    }

    private static boolean isRead(String text, Consumer<List<String>> reading) {
        try {
            reading.accept(List.of(text.split("(?<!\\\\),", -1)));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isPrintable(String text) {
        return text.chars().noneMatch(Character::isISOControl);
    }
}
