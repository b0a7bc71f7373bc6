package io.mesosiam.sandbox.sts;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;

/** The keys of the sandbox. Each is recognisably fake: it contains a word where a real key has random letters. */
final class KeyRing {
    static final String ACCOUNT = "111122223333";

    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final KnownKey CONTROLLER = new KnownKey(
            "AKIASANDBOXCONTROLLR",
            "sandbox/controller/no/real/secret0000000",
            Optional.empty(),
            Optional.empty(),
            "arn:aws:iam::" + ACCOUNT + ":user/mesos-iam-controller",
            "AIDASANDBOXCONTROLLR",
            Optional.empty());

    private final RandomGenerator random = new SecureRandom();
    private final Map<String, KnownKey> keys = new ConcurrentHashMap<>(Map.of(CONTROLLER.accessKeyId(), CONTROLLER));

    static KnownKey controller() {
        return CONTROLLER;
    }

    Optional<KnownKey> find(String accessKeyId) {
        return Optional.ofNullable(keys.get(accessKeyId));
    }

    /** @param role a match of {@link Constraints#ROLE_ARN} */
    KnownKey issue(Matcher role, String sessionName, Instant expiration) {
        String partition = role.group("partition");
        String name = role.group("name");
        var key = new KnownKey(
                "ASIASANDBOX" + letters(9),
                "sandbox/no/real/secret/" + letters(17),
                Optional.of("sandbox-session-token-" + letters(200)),
                Optional.of(role.group()),
                "arn:" + partition + ":sts::" + role.group("account") + ":assumed-role/"
                        + name.substring(name.lastIndexOf('/') + 1) + "/" + sessionName,
                "AROASANDBOX" + letters(10) + ":" + sessionName,
                Optional.of(expiration));
        keys.put(key.accessKeyId(), key);
        return key;
    }

    private String letters(int count) {
        var text = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            text.append(BASE32.charAt(random.nextInt(BASE32.length())));
        }
        return text.toString();
    }
}
