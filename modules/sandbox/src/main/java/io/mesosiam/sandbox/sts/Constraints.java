package io.mesosiam.sandbox.sts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The constraints of AssumeRole: patterns and limits of the STS API reference. */
final class Constraints {
    static final Pattern ROLE_ARN = Pattern.compile(
            "arn:(?<partition>aws[a-z-]*):iam::(?<account>[0-9]{12}):role/(?<name>[\\w+=,.@/-]{1,512})");

    private static final Pattern SESSION_NAME = Pattern.compile("[\\w+=,.@-]{2,64}");
    private static final Pattern EXTERNAL_ID = Pattern.compile("[\\w+=,.@:/-]{2,1224}");
    private static final Pattern TAG_KEY = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{1,128}");
    private static final Pattern TAG_VALUE = Pattern.compile("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{0,256}");
    private static final int MAX_TAGS = 50;
    private static final int MAX_POLICY_ARNS = 10;
    private static final int MAX_POLICY = 2048;

    /** AWS doesn't state the size; it answered 498 % for 2,268 bytes. */
    private static final int MAX_TAG_BYTES = 455;

    private static final Duration SHORTEST = Duration.ofMinutes(15);
    private static final Duration LONGEST = Duration.ofHours(12);

    private Constraints() {}

    static Matcher role(Map<String, String> parameters) throws StsError {
        String arn = parameters.getOrDefault("RoleArn", "");
        Matcher role = ROLE_ARN.matcher(arn);
        if (!role.matches()) {
            throw new StsError(400, "ValidationError", arn + " is invalid");
        }
        return role;
    }

    static String sessionName(Map<String, String> parameters) throws StsError {
        return required(parameters, "RoleSessionName", "roleSessionName", SESSION_NAME);
    }

    static Duration duration(Map<String, String> parameters) throws StsError {
        String text = parameters.getOrDefault("DurationSeconds", "3600");
        Duration duration;
        try {
            duration = Duration.ofSeconds(Integer.parseInt(text));
        } catch (NumberFormatException noNumber) {
            throw StsError.validation("durationSeconds", text, "Member must be an integer");
        }
        if (duration.compareTo(SHORTEST) < 0) {
            throw StsError.validation("durationSeconds", text, "Member must have value greater than or equal to 900");
        }
        if (duration.compareTo(LONGEST) > 0) {
            throw StsError.validation("durationSeconds", text, "Member must have value less than or equal to 43200");
        }
        return duration;
    }

    static void rest(Map<String, String> parameters) throws StsError {
        if (parameters.containsKey("ExternalId")) {
            required(parameters, "ExternalId", "externalId", EXTERNAL_ID);
        }
        if (parameters.containsKey("SourceIdentity")) {
            required(parameters, "SourceIdentity", "sourceIdentity", SESSION_NAME);
        }
        int bytes = 0;
        for (int tag = 1; parameters.containsKey("Tags.member." + tag + ".Key"); tag++) {
            if (tag > MAX_TAGS) {
                throw StsError.validation("tags", "...", "Member must have length less than or equal to 50");
            }
            String prefix = "Tags.member." + tag;
            bytes += length(required(parameters, prefix + ".Key", "tags." + tag + ".member.key", TAG_KEY));
            bytes += length(required(parameters, prefix + ".Value", "tags." + tag + ".member.value", TAG_VALUE));
        }
        if (bytes > MAX_TAG_BYTES) {
            throw new StsError(
                    400,
                    "PackedPolicyTooLarge",
                    "Packed size of session tags consumes %d%% of allotted space."
                            .formatted(bytes * 100 / MAX_TAG_BYTES));
        }
        if (parameters.containsKey("PolicyArns.member." + (MAX_POLICY_ARNS + 1) + ".arn")) {
            throw StsError.validation("policyArns", "...", "Member must have length less than or equal to 10");
        }
        policy(parameters.getOrDefault("Policy", "{}"));
    }

    private static void policy(String policy) throws StsError {
        if (policy.length() > MAX_POLICY) {
            throw new StsError(400, "PackedPolicyTooLarge", "Packed policy consumes more than the allotted space");
        }
        try (JsonParser json = new JsonFactory().createParser(policy)) {
            while (json.nextToken() != null) {
                // a document that parses completely is valid
            }
        } catch (IOException broken) {
            throw new StsError(400, "MalformedPolicyDocument", "The policy is not in the valid JSON format.");
        }
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String required(Map<String, String> parameters, String name, String member, Pattern pattern)
            throws StsError {
        String value = parameters.getOrDefault(name, "");
        if (!pattern.matcher(value).matches()) {
            throw StsError.validation(
                    member, value, "Member must satisfy regular expression pattern: " + pattern.pattern());
        }
        return value;
    }
}
