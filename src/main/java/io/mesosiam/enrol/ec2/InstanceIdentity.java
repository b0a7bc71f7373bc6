package io.mesosiam.enrol.ec2;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mesosiam.enrol.authority.HostName;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;

/**
 * What an instance identity document states (EC2 User Guide, "Instance identity documents"). Fields without a use here are
 * skipped.
 *
 * @param privateIp an IPv4 address
 * @param pendingTime when the instance last started
 */
public record InstanceIdentity(
        String accountId,
        String region,
        String instanceId,
        String imageId,
        String availabilityZone,
        String privateIp,
        Instant pendingTime) {
    private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");
    private static final Pattern REGION = Pattern.compile("[a-z]{2,8}(-[a-z]{2,12}){1,3}-[0-9]{1,2}");
    private static final Pattern INSTANCE = Pattern.compile("i-([0-9a-f]{8}|[0-9a-f]{17})");
    private static final Pattern IMAGE = Pattern.compile("[a-z]{3}-[0-9a-f]{8,17}");
    private static final Pattern ZONE = Pattern.compile("[a-z0-9-]{1,64}");
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern TIME = Pattern.compile("[0-9T:.Z-]{20,32}");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    static InstanceIdentity read(byte[] document) throws Malformed {
        JsonNode fields;
        try {
            fields = JSON.readTree(document);
        } catch (JsonProcessingException e) {
            throw new Malformed("the document is no JSON, or has a field twice");
        } catch (IOException e) {
            throw new Malformed("the document can't be read");
        }
        if (fields == null || !fields.isObject()) {
            throw new Malformed("the document is no JSON object");
        }
        String address = text(fields, "privateIp", ADDRESS);
        if (HostName.of(address).isEmpty()) {
            throw new Malformed("the document's privateIp has not the form of AWS");
        }
        return new InstanceIdentity(
                text(fields, "accountId", ACCOUNT),
                text(fields, "region", REGION),
                text(fields, "instanceId", INSTANCE),
                text(fields, "imageId", IMAGE),
                text(fields, "availabilityZone", ZONE),
                address,
                time(text(fields, "pendingTime", TIME)));
    }

    private static String text(JsonNode fields, String name, Pattern form) throws Malformed {
        JsonNode value = fields.get(name);
        if (value == null
                || !value.isTextual()
                || !form.matcher(value.textValue()).matches()) {
            throw new Malformed("the document's " + name + " has not the form of AWS");
        }
        return value.textValue();
    }

    private static Instant time(String text) throws Malformed {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new Malformed("the document's pendingTime has not the form of AWS");
        }
    }

    /** For the log and the audit trail. */
    @Override
    public String toString() {
        return accountId + "/" + region + "/" + instanceId;
    }

    /** No identity document of AWS; the message has nothing of it. */
    public static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }
}
