package io.mesosiam.trial;

import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the answers of an agent's endpoint. */
final class Replies {
    private static final Pattern KEY = Pattern.compile("\"AccessKeyId\":\"([^\"]+)\"");
    private static final Pattern EXPIRATION = Pattern.compile("\"Expiration\":\"([^\"]+)\"");
    private static final Pattern CODE = Pattern.compile("\"code\":\"([^\"]+)\"");

    private Replies() {}

    /** Reads the body of an answer, whatever its status is. */
    static Reply parse(String body) {
        Matcher key = KEY.matcher(body);
        Matcher expiration = EXPIRATION.matcher(body);
        if (key.find() && expiration.find()) {
            return new Reply.Credentials(key.group(1), Instant.parse(expiration.group(1)));
        }
        Matcher code = CODE.matcher(body);
        return new Reply.Nothing(code.find() ? code.group(1) : "no answer");
    }
}
