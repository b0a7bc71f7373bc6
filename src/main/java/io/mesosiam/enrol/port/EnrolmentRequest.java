package io.mesosiam.enrol.port;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mesosiam.enrol.JoinToken;
import io.mesosiam.enrol.authority.CertificateRequest;
import io.mesosiam.enrol.authority.HostName;
import io.mesosiam.enrol.ec2.IdentityDocument;
import io.mesosiam.enrol.ec2.InstanceIdentity;
import java.io.IOException;
import java.util.Base64;
import java.util.Set;

/** A request for a certificate, read. */
record EnrolmentRequest(Proof proof, HostName name, CertificateRequest request) {
    private static final Set<String> FIELDS = Set.of("hostname", "csr", "joinToken", "ec2Identity");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Why the request should be signed. */
    sealed interface Proof {
        /** A join token. */
        record Token(JoinToken token) implements Proof {}

        /** The identity document of an EC2 instance. */
        record Instance(IdentityDocument document) implements Proof {}
    }

    /** The body is no request; the message names the field and has nothing of its value. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    /** @param instances whether hosts may enrol by an EC2 instance */
    static EnrolmentRequest read(byte[] body, boolean instances) throws Malformed {
        JsonNode document = document(body);
        for (var field : document.properties()) {
            if (!FIELDS.contains(field.getKey())) {
                throw new Malformed("the body has a field other than hostname, csr, joinToken and ec2Identity");
            }
        }
        HostName name = HostName.of(text(document, "hostname"))
                .orElseThrow(() -> new Malformed("hostname: is neither a DNS name nor an IP address"));
        Proof proof = proof(document, instances);
        try {
            return new EnrolmentRequest(proof, name, CertificateRequest.read(text(document, "csr"), name));
        } catch (CertificateRequest.Malformed e) {
            throw new Malformed("csr: " + e.getMessage());
        }
    }

    private static Proof proof(JsonNode document, boolean instances) throws Malformed {
        if (!document.has("ec2Identity")) {
            return new Proof.Token(JoinToken.parse(text(document, "joinToken"))
                    .orElseThrow(() -> new Malformed("joinToken: has not the form mij_ID_SECRET_PIN")));
        }
        if (document.has("joinToken")) {
            throw new Malformed("the body has both joinToken and ec2Identity");
        }
        if (!instances) {
            throw new Malformed("ec2Identity: this controller takes join tokens alone");
        }
        try {
            return new Proof.Instance(IdentityDocument.read(Base64.getDecoder().decode(text(document, "ec2Identity"))));
        } catch (IllegalArgumentException e) {
            throw new Malformed("ec2Identity: is not base64");
        } catch (InstanceIdentity.Malformed e) {
            throw new Malformed("ec2Identity: " + e.getMessage());
        }
    }

    private static JsonNode document(byte[] body) throws Malformed {
        JsonNode document;
        try {
            document = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new Malformed("the body is no JSON, or has a field twice");
        } catch (IOException e) {
            throw new Malformed("the body can't be read");
        }
        if (document == null || !document.isObject()) {
            throw new Malformed("the body is no JSON object");
        }
        return document;
    }

    private static String text(JsonNode document, String field) throws Malformed {
        JsonNode value = document.get(field);
        if (value == null || !value.isTextual()) {
            throw new Malformed(field + ": is required, as a string");
        }
        return value.textValue();
    }
}
