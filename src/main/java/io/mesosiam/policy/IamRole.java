package io.mesosiam.policy;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IAM role by its ARN.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html">IAM identifiers</a>
 */
public record IamRole(String arn) {
    private static final Pattern ARN =
            Pattern.compile("arn:(?<partition>aws|aws-cn|aws-us-gov|aws-iso|aws-iso-b|aws-iso-e|aws-iso-f|aws-eusc)"
                    + ":iam::(?<account>[0-9]{12}):role/(?<name>([\\x21-\\x2e\\x30-\\x7e]{1,510}/)*[\\w+=,.@-]{1,64})");

    public IamRole {
        if (arn.length() > 2048 || !ARN.matcher(arn).matches()) {
            throw new IllegalArgumentException("not the ARN of an IAM role: " + abbreviate(arn));
        }
    }

    public String partition() {
        return part("partition");
    }

    /** The account id: 12 digits. */
    public String account() {
        return part("account");
    }

    /** The name, without the path. */
    public String name() {
        return arn.substring(arn.lastIndexOf('/') + 1);
    }

    private String part(String group) {
        Matcher matcher = ARN.matcher(arn);
        if (!matcher.matches()) {
            throw new AssertionError("checked at construction");
        }
        return matcher.group(group);
    }

    private static String abbreviate(String text) {
        return text.length() <= 120 ? text : text.substring(0, 120) + "…";
    }

    @Override
    public String toString() {
        return arn;
    }
}
