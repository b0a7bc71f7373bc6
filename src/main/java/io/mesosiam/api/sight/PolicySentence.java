package io.mesosiam.api.sight;

import io.mesosiam.policy.PolicyId;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Sentences of decisions name policies by their paths: {@code policy /data/etl denies it}. A path has no space and no comma,
 * so it is found by the words around it, which a test compares with those of the decisions. After "policy", a path below
 * {@code /} is found whatever follows.
 */
final class PolicySentence {
    private static final String PATH = "[A-Za-z0-9/._-]+";

    private static final Pattern ONE = Pattern.compile(
            "\\bpolicy (/" + PATH + "|" + PATH
                    + "(?= allows it| denies it| would allow it| can't be evaluated yet| has priority -?[0-9]| is out of the bounds))");

    private static final Pattern SEVERAL = Pattern.compile(
            "(?<=policies of the same priority give different answers: )" + PATH + "(?:, " + PATH + ")*");

    private static final String ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private static final Pattern BY_ID = Pattern.compile("\\b(policy|grant) (" + ID + ")");

    private static final Pattern GRANTS =
            Pattern.compile("(?<=several grants are for this launch: )" + ID + "(?:, " + ID + ")*");

    /** As {@link io.mesosiam.lease.Withdrawal#describe} has it. */
    private static final Pattern AUTHOR = Pattern.compile("(?s) \\(by .*(?=withdrawal " + ID + "\\))");

    private static final Pattern NEIGHBOUR =
            Pattern.compile("(?s)(, withdrawn from|^served by) .+(?= in the same container)");

    private PolicySentence() {}

    /**
     * Launch grants are named by their ids: {@code grant 2f1d… allows it}; policies also by theirs: {@code policy 2f1d…: …}.
     *
     * @param shown whether the reader may know the policy or grant with this id
     */
    static String withoutIds(String text, Predicate<PolicyId> shown) {
        Predicate<String> shownGrant = id -> shown.test(PolicyId.ofGrant(UUID.fromString(id)));
        String one = BY_ID.matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(
                        found.group(1).equals("grant")
                                ? shownGrant.test(found.group(2)) ? found.group() : Sight.HIDDEN_GRANT
                                : shown.test(new PolicyId(UUID.fromString(found.group(2))))
                                        ? found.group()
                                        : Sight.HIDDEN));
        return GRANTS.matcher(one)
                .replaceAll(found -> Matcher.quoteReplacement(names(found.group(), shownGrant, Sight.HIDDEN_GRANT)));
    }

    /** Who made a withdrawal, and another task of the container, which can be of another namespace, are for operators alone. */
    static String withoutOthers(String text) {
        return NEIGHBOUR
                .matcher(AUTHOR.matcher(text).replaceAll(" ("))
                .replaceAll(found -> found.group(1) + " another task");
    }

    /** @param shown whether the reader may know the policy with this path */
    static String without(String text, Predicate<String> shown) {
        String one = ONE.matcher(text)
                .replaceAll(
                        found -> Matcher.quoteReplacement(shown.test(found.group(1)) ? found.group() : Sight.HIDDEN));
        return SEVERAL.matcher(one)
                .replaceAll(found -> Matcher.quoteReplacement(names(found.group(), shown, Sight.HIDDEN)));
    }

    private static String names(String list, Predicate<String> shown, String hidden) {
        return Arrays.stream(list.split(", ", -1))
                .map(name -> shown.test(name) ? name : hidden)
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
