package io.mesosiam.api.sight;

import java.util.Arrays;
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

    private PolicySentence() {}

    /** @param shown whether the reader may know the policy with this path */
    static String without(String text, Predicate<String> shown) {
        String one = ONE.matcher(text)
                .replaceAll(
                        found -> Matcher.quoteReplacement(shown.test(found.group(1)) ? found.group() : Sight.HIDDEN));
        return SEVERAL.matcher(one).replaceAll(found -> Matcher.quoteReplacement(names(found.group(), shown)));
    }

    private static String names(String list, Predicate<String> shown) {
        return Arrays.stream(list.split(", ", -1))
                .map(path -> shown.test(path) ? path : Sight.HIDDEN)
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
