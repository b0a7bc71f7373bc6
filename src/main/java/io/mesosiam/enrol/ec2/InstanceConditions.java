package io.mesosiam.enrol.ec2;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an instance must be, by the settings. An empty set stands for any.
 *
 * @param accounts each with the role that is assumed in it; without one the controller's own credentials are used
 */
public record InstanceConditions(
        Map<String, Optional<String>> accounts,
        Set<String> vpcs,
        Set<String> subnets,
        Set<String> images,
        Map<String, String> tags,
        Optional<Duration> launchedWithin,
        Optional<String> hostnameTag) {
    private static final Pattern ACCOUNT =
            Pattern.compile("([0-9]{12})(=(arn:aws[a-z-]*:iam::[0-9]{12}:role/[\\w+=,.@/-]{1,512}))?");

    public InstanceConditions {
        accounts = Map.copyOf(accounts);
        vpcs = Set.copyOf(vpcs);
        subnets = Set.copyOf(subnets);
        images = Set.copyOf(images);
        tags = Map.copyOf(tags);
    }

    /**
     * The conditions of these settings.
     *
     * @throws IllegalArgumentException if an account or a tag has another form, with the name of the setting
     */
    public static InstanceConditions of(Ec2Config config) {
        return new InstanceConditions(
                accounts(config.accounts().orElse(List.of())),
                Set.copyOf(config.vpcs().orElse(List.of())),
                Set.copyOf(config.subnets().orElse(List.of())),
                Set.copyOf(config.images().orElse(List.of())),
                tags(config.tags().orElse(List.of())),
                config.launchedWithin(),
                config.hostnameTag());
    }

    /** Whether hosts may enrol by an instance at all. */
    public boolean allowAny() {
        return !accounts.isEmpty();
    }

    /**
     * Reads the accounts, each with its role if it has one.
     *
     * @throws IllegalArgumentException if one has another form
     */
    public static Map<String, Optional<String>> accounts(List<String> texts) {
        Map<String, Optional<String>> accounts = new TreeMap<>();
        for (String text : texts) {
            Matcher account = ACCOUNT.matcher(text.strip());
            if (!account.matches()) {
                throw new IllegalArgumentException("mesos-iam.enrol.ec2.accounts: " + text
                        + " is neither an account of 12 digits nor ACCOUNT=ROLE_ARN");
            }
            accounts.put(account.group(1), Optional.ofNullable(account.group(3)));
        }
        return accounts;
    }

    /**
     * Reads the tags.
     *
     * @throws IllegalArgumentException if one has another form
     */
    public static Map<String, String> tags(List<String> texts) {
        Map<String, String> tags = new TreeMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "mesos-iam.enrol.ec2.tags: " + text + " has not the form NAME=VALUE");
            }
            tags.put(
                    text.substring(0, equals).strip(),
                    text.substring(equals + 1).strip());
        }
        return tags;
    }
}
