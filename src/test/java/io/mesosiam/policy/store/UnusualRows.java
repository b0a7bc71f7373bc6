package io.mesosiam.policy.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Generates rows of the policy table with one to three unusual columns, the same in each run. */
final class UnusualRows {
    static final String ROLE = "arn:aws:iam::123456789012:role/";

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "*",
            "a",
            "eng/data",
            "/",
            "a//b",
            "..",
            "-",
            "ä",
            "\u00ad",
            "\u202e",
            "\ud83d\ude00",
            "a\nb",
            "\u0085",
            "\u007f",
            "\ufffd",
            "a\ufffdb",
            "{task}",
            "'",
            "\\",
            "x".repeat(512),
            "x".repeat(513),
            "ä".repeat(256),
            "ä".repeat(257),
            "x".repeat(1024),
            "x".repeat(1025),
            "x".repeat(70_000));

    /** Texts between the quotation marks of a JSON string. */
    private static final List<String> JSON_TEXTS = List.of(
            "",
            "a",
            "\\u0000",
            "\\\\u0000",
            "\\\\\\u0000",
            "\\ud83d",
            "\\ude00",
            "\\ud83d\\ude00",
            "\\ude00\\ud83d",
            "\\ud83d\\ud83d\\ude00",
            "\\ud83d\\\\ude00",
            "\\ufffd",
            "\\uFFFD",
            "\ufffd",
            "\\n",
            "\\u0085",
            "\\/",
            "\\\"",
            "[1-",
            "[1-2]",
            "{a,b}",
            "{",
            "1e999",
            "x".repeat(1024),
            "x".repeat(1025),
            "x".repeat(60_000),
            "x".repeat(70_000));

    private static final List<String> JSON_NUMBERS = List.of(
            "0",
            "-0",
            "1.50",
            "1e5",
            "1e400",
            "9".repeat(18),
            "9".repeat(19),
            "1." + "0".repeat(2_000),
            "9".repeat(2_000));

    private static final List<String> ARNS = List.of(
            ROLE + "web",
            ROLE + "a/b/web",
            ROLE + "p".repeat(510) + "/web",
            ROLE + "p".repeat(511) + "/web",
            ROLE + "p".repeat(560) + "/web",
            ROLE + "p/".repeat(300) + "web",
            ROLE + "w".repeat(65),
            ROLE + "/web",
            ROLE + "a//web");

    private final Random random = new Random(20_261_126);

    /** Returns the next row: its columns and their values, without a name. */
    Map<String, String> next() {
        Map<String, String> row = new TreeMap<>();
        boolean allow = random.nextBoolean();
        row.put("effect", allow ? "allow" : "deny");
        row.put("task_user", "web");
        if (allow) {
            row.put("iam_role_arn", ROLE + "web");
        }
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            odd(row, allow);
        }
        return row;
    }

    private void odd(Map<String, String> row, boolean allow) {
        switch (random.nextInt(allow ? 15 : 8)) {
            case 0 -> row.put("framework_principal", one(TEXTS));
            case 1 -> row.put("framework_name", one(TEXTS));
            case 2 -> row.put("mesos_role", one(TEXTS));
            case 3 -> row.put("task_name", one(TEXTS));
            case 4 -> row.put("image", one(TEXTS));
            case 5 -> row.put("labels", labels());
            case 6 -> row.put("agent_attributes", attributes());
            case 7 -> row.put("credential_name", one(TEXTS));
            case 8 -> row.put("iam_role_arn", one(ARNS));
            case 9 -> row.put("tags", "{\"a\": \"" + one(JSON_TEXTS) + "\"}");
            case 10 -> row.put("transitive_tags", one(List.of("{}", "{b}", "{a,a}", "[0:1]={a,a}", "{{a}}", "{NULL}")));
            case 14 ->
                row.put(
                        "session_policy_arns",
                        one(List.of(
                                "{{arn:aws:iam::aws:policy/A}}",
                                "[0:0]={arn:aws:iam::aws:policy/A}",
                                "{NULL}",
                                "{a}")));
            case 11 -> row.put("session_policy", "{\"Statement\": [{\"Sid\": \"" + one(JSON_TEXTS) + "\"}]}");
            case 12 ->
                row.put(
                        "session_length",
                        one(List.of(
                                "1 hour",
                                "12 hours",
                                "3600.5 seconds",
                                "1 month -29 days",
                                "-1 month 30 days 1 hour")));
            default -> row.put("lease_ttl", one(List.of("1 year", "365 days", "1 minute", "0", "-1 day", "100 years")));
        }
    }

    private String labels() {
        int count = one(List.of(1, 1, 2, 32, 33));
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String value = random.nextBoolean() ? ", \"value\": \"" + one(JSON_TEXTS) + "\"" : "";
            labels.add("{\"key\": \"" + (count > 2 ? "a" : one(JSON_TEXTS)) + "\"" + (count > 2 ? "" : value) + "}");
        }
        return String.join(", ", labels)
                .transform(inner -> "[" + inner + " ".repeat(one(List.of(0, 0, 0, 70_000))) + "]");
    }

    private String attributes() {
        String value = one(List.of("null", "true", "[]", one(JSON_NUMBERS), "\"" + one(JSON_TEXTS) + "\""));
        return "{\"" + one(JSON_TEXTS) + "\": " + value + " ".repeat(one(List.of(0, 0, 0, 70_000))) + "}";
    }

    private <T> T one(List<T> pool) {
        return pool.get(random.nextInt(pool.size()));
    }
}
