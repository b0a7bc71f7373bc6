package io.mesosiam.admin.namespace;

import com.fasterxml.jackson.databind.JsonNode;
import io.mesosiam.admin.JsonText;
import io.mesosiam.admin.Refused.Fault;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Finds bounds that no IAM role can be within, though they are not empty: a pattern that no ARN of an IAM role matches, and
 * accounts that no pattern agrees with. They are mistakes, since an empty list allows nothing too. Pure.
 */
final class ImpossibleBounds {
    private static final List<String> PARTITIONS =
            List.of("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc");

    /** Any digit, in the place of an account's. */
    private static final char DIGIT = '\0';

    private static final String ANY_ACCOUNT = String.valueOf(DIGIT).repeat(12);

    private static final String NO_ROLE =
            "matches the ARN of no IAM role: arn:aws:iam::123456789012:role/name is one. An empty array allows none";

    private ImpossibleBounds() {}

    static List<Fault> of(NamespaceContent content) {
        List<String> patterns = texts(content, NamespaceField.IAM_ROLE_ARNS);
        List<Fault> faults = new ArrayList<>(unmatched(NamespaceField.IAM_ROLE_ARNS, patterns));
        faults.addAll(unmatched(NamespaceField.VIA_ROLE_ARNS, texts(content, NamespaceField.VIA_ROLE_ARNS)));
        List<String> accounts = texts(content, NamespaceField.AWS_ACCOUNTS);
        boolean contradict = faults.isEmpty()
                && !patterns.isEmpty()
                && !accounts.isEmpty()
                && patterns.stream()
                        .noneMatch(pattern -> accounts.stream().anyMatch(account -> matches(pattern, account)));
        if (contradict) {
            faults.add(new Fault(
                    NamespaceField.AWS_ACCOUNTS.json(),
                    "no pattern of iamRoleArns matches an IAM role of these accounts, so that together they allow none. An empty array"
                            + " allows none too"));
        }
        return List.copyOf(faults);
    }

    private static List<Fault> unmatched(NamespaceField field, List<String> patterns) {
        return patterns.stream()
                .filter(pattern -> !matches(pattern, ANY_ACCOUNT))
                .map(pattern -> new Fault(field.json(), "'" + JsonText.shortened(pattern) + "' " + NO_ROLE))
                .toList();
    }

    private static List<String> texts(NamespaceContent content, NamespaceField field) {
        return content.value(field).stream()
                .flatMap(JsonNode::valueStream)
                .map(JsonNode::asText)
                .toList();
    }

    /** Whether a pattern matches the ARN of an IAM role of this account, in any partition. */
    private static boolean matches(String pattern, String account) {
        return PARTITIONS.stream()
                .anyMatch(partition -> beginsWith(pattern, "arn:" + partition + ":iam::" + account + ":role/"));
    }

    /** Whether a pattern matches a text that begins so and goes on. */
    private static boolean beginsWith(String pattern, String beginning) {
        BitSet reached = passed(pattern, List.of(0));
        for (int i = 0; i < beginning.length() && !reached.isEmpty(); i++) {
            char wanted = beginning.charAt(i);
            List<Integer> next = new ArrayList<>();
            reached.stream().filter(at -> at < pattern.length()).forEach(at -> {
                char known = pattern.charAt(at);
                if (known == '*') {
                    next.add(at);
                } else if (known == '?' || known == wanted || (wanted == DIGIT && known >= '0' && known <= '9')) {
                    next.add(at + 1);
                }
            });
            reached = passed(pattern, next);
        }
        // what is left of the pattern matches the rest of some text, unless nothing is left
        return reached.stream().anyMatch(at -> at < pattern.length());
    }

    /** The positions in the pattern that are reached from these without a character of the text: a star matches none, too. */
    private static BitSet passed(String pattern, List<Integer> positions) {
        BitSet reached = new BitSet();
        for (int position : positions) {
            int at = position;
            reached.set(at);
            while (at < pattern.length() && pattern.charAt(at) == '*') {
                at++;
                reached.set(at);
            }
        }
        return reached;
    }
}
