package io.mesosiam.agent.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mesosiam.agent.serve.InstanceMetadata.Fact;
import io.mesosiam.pause.Deadline;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The instance identity document, from which some SDKs read their region. The agent generates it from the facts that
 * tasks may read. It has no signature, so it can't be used to impersonate the host. {@code accountId} is the account of
 * the task's own IAM role, never the host's.
 *
 * @see <a href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html">instance identity
 *     documents</a>
 */
final class IdentityDocument {
    private static final JsonFactory JSON = new JsonFactory();

    /** The document's fields by the path of the same fact below {@code /latest/meta-data/}, in the document's order. */
    private static final Map<String, String> FIELDS = fields();

    private static Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("placement/availability-zone", "availabilityZone");
        fields.put("ami-id", "imageId");
        fields.put("instance-id", "instanceId");
        fields.put("instance-type", "instanceType");
        fields.put("local-ipv4", "privateIp");
        fields.put("placement/region", "region");
        return fields;
    }

    /**
     * The document's text; missing if tasks may read none of its facts, unknown until all that they may read are known.
     *
     * @param iamRoleArn of the task's lease, if it has one
     */
    Fact read(InstanceMetadata metadata, Optional<String> iamRoleArn, Deadline deadline) throws InterruptedException {
        Map<String, String> known = new LinkedHashMap<>();
        FIELDS.keySet().forEach(metadata::prefetch);
        for (Map.Entry<String, String> field : FIELDS.entrySet()) {
            switch (metadata.find(field.getKey(), deadline.left())) {
                case Fact.Known(String text) -> known.put(field.getValue(), text);
                case Fact.Missing _ -> {}
                case Fact.Unknown unknown -> {
                    return unknown;
                }
            }
        }
        if (known.isEmpty()) {
            return new Fact.Missing();
        }
        iamRoleArn.flatMap(IdentityDocument::account).ifPresent(account -> known.put("accountId", account));
        return new Fact.Known(json(known));
    }

    /** The account id in {@code arn:PARTITION:iam::ACCOUNT:role/NAME}. */
    private static Optional<String> account(String iamRoleArn) {
        String[] parts = iamRoleArn.split(":", 6);
        return parts.length == 6 ? Optional.of(parts[4]) : Optional.empty();
    }

    private static String json(Map<String, String> fields) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartObject();
            for (Map.Entry<String, String> field : fields.entrySet()) {
                out.writeStringField(field.getKey(), field.getValue());
            }
            out.writeStringField("version", "2017-09-30");
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return text.toString();
    }
}
