package io.mesosiam.api;

import io.mesosiam.policy.IamRole;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * The forms of texts in requests: {@code openapi.yaml} states each as the pattern with which requests are checked. They use
 * only what Java and ECMA-262 read alike.
 */
public final class Forms {
    private static final String CONTROL = "\\u0000-\\u001f\\u007f-\\u009f";

    /** What a reader can't see at the end of a text. */
    private static final String BLANK =
            " \\u00a0\\u1680\\u2000-\\u200d\\u2028\\u2029\\u202f\\u205f\\u2060\\u3000\\ufeff";

    /** One line that is not blank. */
    public static final String LINE = "^[^" + CONTROL + "]*[^" + CONTROL + BLANK + "][^" + CONTROL + "]*$";

    /** A text that is not blank, and that PostgreSQL can store. */
    public static final String TEXT = "^[^\\u0000]*[^" + CONTROL + BLANK + "][^\\u0000]*$";

    /** A text that PostgreSQL can store. */
    public static final String STORABLE = "^[^\\u0000]*$";

    /** A text of Mesos as the database stores it. */
    public static final String MESOS = "^[^" + CONTROL + "\\ufffd]+$";

    /** The same without a blank at an end. */
    public static final String MESOS_ID =
            "^[^" + CONTROL + BLANK + "\\ufffd]([^" + CONTROL + "\\ufffd]*[^" + CONTROL + BLANK + "\\ufffd])?$";

    private static final String OF_A_PART = "[^/ " + CONTROL + "\\ufffd]";
    private static final String PART = "([^-.*/ " + CONTROL + "\\ufffd]" + OF_A_PART + "*|\\*" + OF_A_PART
            + "+|\\.[^./ " + CONTROL + "\\ufffd]" + OF_A_PART + "*|\\.\\." + OF_A_PART + "+)";

    /** A Mesos role: parts with / between them, none of which is ., .. or *, or begins with -. */
    public static final String MESOS_ROLE = "^(\\*|" + PART + "(/" + PART + ")*)$";

    /** A pattern for ARNs. */
    public static final String ARN_PATTERN = "^[!-~]{1,640}$";

    /** The ARN of an IAM role. */
    public static final String IAM_ROLE = "^arn:(aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f|aws-eusc)"
            + ":iam::[0-9]{12}:role/([!-.0-~]{1,510}/)*[A-Za-z0-9_+=,.@-]{1,64}$";

    public static final int LONGEST_ARN = 640;

    public static final String CREDENTIAL_NAME = "^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$";

    /** A UUID as the database writes it. */
    public static final String STORED_ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

    public static final String ID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";

    private static final String LEAP_YEAR =
            "(19(7[26]|8[048]|9[26])|[2-9][0-9](0[48]|[2468][048]|[13579][26])" + "|([2468][048]|[3579][26])00)";

    /** A time of RFC 3339 in the years that the database and all readers of JSON know. */
    public static final String TIME = "^((19[7-9][0-9]|[2-9][0-9]{3})"
            + "-(02-(0[1-9]|1[0-9]|2[0-8])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01]))"
            + "|" + LEAP_YEAR + "-02-29)"
            + "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-7]):[0-5][0-9])$";

    private Forms() {}

    /** The time of a text; empty if it is none. */
    public static Optional<Instant> time(String text) {
        try {
            return text.matches(TIME) ? Optional.of(OffsetDateTime.parse(text).toInstant()) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The IAM role of a text; empty if it is not the ARN of one. */
    public static Optional<IamRole> iamRole(String text) {
        try {
            return text.length() <= LONGEST_ARN && text.matches(IAM_ROLE)
                    ? Optional.of(new IamRole(text))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The UUID of a text that is written in full; empty if it is none. */
    public static Optional<UUID> id(String text) {
        return text.matches(ID) ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }
}
