package io.mesosiam.enrol.port;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mesosiam.enrol.JoinToken;
import io.mesosiam.enrol.authority.CertificateRequest;
import io.mesosiam.enrol.authority.HostName;
import java.io.IOException;
import java.util.Set;

/** A request for a certificate, read. */
record EnrolmentRequest(JoinToken token, HostName name, CertificateRequest request) {
    private static final Set<String> FIELDS = Set.of("hostname", "csr", "joinToken");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** The body is no request; the message names the field and has nothing of its value. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1;

        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    static EnrolmentRequest read(byte[] body) throws Malformed {
        JsonNode document = document(body);
        if (document.has("ec2")) {
            throw new Malformed("ec2: this controller takes join tokens alone");
        }
        for (var field : document.properties()) {
            if (!FIELDS.contains(field.getKey())) {
                throw new Malformed("the body has a field other than hostname, csr and joinToken");
            }
        }
        HostName name = HostName.of(text(document, "hostname"))
                .orElseThrow(() -> new Malformed("hostname: is neither a DNS name nor an IP address"));
        JoinToken token = JoinToken.parse(text(document, "joinToken"))
                .orElseThrow(() -> new Malformed("joinToken: has not the form mij_ID_SECRET_PIN"));
        try {
            return new EnrolmentRequest(token, name, CertificateRequest.read(text(document, "csr"), name));
        } catch (CertificateRequest.Malformed e) {
            throw new Malformed("csr: " + e.getMessage());
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
