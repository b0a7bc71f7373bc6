package io.mesosiam.channel.wire;

import io.mesosiam.line.OneLine;
import java.util.List;
import java.util.regex.Pattern;

/** Bounds of every text on the wire, so that it is safe in a log line and in memory. */
final class WireText {
    static final int LEASE_ID = 64;
    static final int NAME = 64;
    static final int CODE = 64;
    static final int HASH = 128;
    private static final Pattern TRACEPARENT = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    static final int VERSION = 64;
    static final int HOSTNAME = 255;
    static final int MESOS_AGENT_ID = 1024;
    /** Ids become names of directories on the Mesos agent. */
    static final int EXECUTOR = 512;

    static final int ROLE_ARN = 2048;
    static final int HOST_ROLE = 64;
    /** The longest text of an IPv6 address. */
    static final int ADDRESS = 45;
    /** A request for a key of RSA 4096 bits has about 1,700 characters. */
    static final int CSR = 8 * 1024;
    /** Eight certificates of RSA 4096 bits have about 16,000 characters. */
    static final int CERTIFICATES = 32 * 1024;
    /** 32 nested ids of 255 characters with a slash between them. */
    static final int CONTAINER_ID = 32 * 256 - 1;
    /** The maximum of STS: https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html */
    static final int ACCESS_KEY_ID = 128;

    static final int SECRET_ACCESS_KEY = 1024;
    /** STS documents no bound; observed tokens are below 4 KiB. */
    static final int SESSION_TOKEN = 32 * 1024;

    private static final int MAX_SANITIZED = 1024;

    private WireText() {}

    /** Checks a text that programs compare: 1 to {@code max} characters without control characters. */
    static String identifier(String field, String value, int max) {
        if (value.isEmpty() || value.length() > max) {
            throw new IllegalArgumentException(field + " must have 1 to " + max + " characters, has " + value.length());
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(field + " contains a control character");
        }
        return value;
    }

    /** Checks a trace context of W3C's version 00: version, trace, parent and flags, in hexadecimal. */
    static void traceparent(String field, String value) {
        if (!TRACEPARENT.matcher(value).matches()) {
            throw new IllegalArgumentException(field + " must be a traceparent of version 00");
        }
    }

    /** Checks the id of an AWS account: 12 digits. */
    static void account(String field, String value) {
        if (value.length() != 12 || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException(field + " must have 12 digits");
        }
    }

    /** Checks the ARNs of the roles of one batch. */
    static void roles(String field, List<String> arns) {
        if (arns.size() > ControllerMessage.TryRoles.MAX_ROLES) {
            throw new IllegalArgumentException(field + " must have at most " + ControllerMessage.TryRoles.MAX_ROLES
                    + " items, has " + arns.size());
        }
        arns.forEach(arn -> identifier(field, arn, ROLE_ARN));
    }

    /**
     * Sanitizes a text that people read: cuts it to 1024 characters, and replaces control characters and line ends with a space.
     */
    static String sanitized(String value) {
        return OneLine.of(value.length() <= MAX_SANITIZED ? value : OneLine.cut(value, MAX_SANITIZED - 1));
    }

    /** Checks a text of PEM: 1 to {@code max} characters of printable ASCII and line ends. */
    static void pem(String field, String value, int max) {
        if (value.isEmpty() || value.length() > max) {
            throw new IllegalArgumentException(field + " must have 1 to " + max + " characters, has " + value.length());
        }
        if (!value.chars().allMatch(c -> (c >= ' ' && c <= '~') || c == '\n' || c == '\r')) {
            throw new IllegalArgumentException(field + " must be PEM: printable ASCII and line ends");
        }
    }

    /** Checks bytes that JSON needs no escapes for. The message never contains them. */
    static void plain(String field, byte[] value, int max) {
        if (value.length == 0 || value.length > max) {
            throw new IllegalArgumentException(field + " must have 1 to " + max + " bytes, has " + value.length);
        }
        for (byte b : value) {
            if (b <= ' ' || b > '~' || b == '"' || b == '\\') {
                throw new IllegalArgumentException(field + " must be printable ASCII without quotation marks");
            }
        }
    }

    static long count(String field, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(field + " must not be negative, is " + value);
        }
        return value;
    }
}
