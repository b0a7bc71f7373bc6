package io.mesosiam.agent.hostrole;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import io.mesosiam.secret.Secret;
import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The credentials of the host's own role, for as long as one batch of roles is tried. {@link #close} zeroes them. */
record HostCredentials(String accessKeyId, Secret secretAccessKey, Secret token) implements AutoCloseable {
    private static final Pattern ACCESS_KEY_ID = Pattern.compile("[A-Z0-9]{16,128}");

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // a recycled buffer would keep the credentials
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .build();

    HostCredentials {
        if (!ACCESS_KEY_ID.matcher(accessKeyId).matches() || !isPlain(secretAccessKey) || !isPlain(token)) {
            throw new IllegalArgumentException("the credentials of the host's role are malformed");
        }
    }

    /**
     * Reads the answer of the metadata service, a flat JSON object, and zeroes it. Messages of failures contain nothing of it.
     *
     * @throws IOException if it is not such an answer
     */
    static HostCredentials read(byte[] answer) throws IOException {
        @Nullable String accessKeyId = null;
        @Nullable Secret secretAccessKey = null;
        @Nullable Secret token = null;
        try (JsonParser json = JSON.createParser(answer)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no object");
            }
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                if (json.nextToken() != JsonToken.VALUE_STRING) {
                    json.skipChildren();
                    continue;
                }
                switch (field) {
                    case "AccessKeyId" -> accessKeyId = json.getText();
                    case "SecretAccessKey" -> secretAccessKey = secret(json);
                    case "Token" -> token = secret(json);
                    default -> {}
                }
            }
            if (accessKeyId == null || secretAccessKey == null || token == null) {
                throw new IOException("a field is missing");
            }
            return new HostCredentials(accessKeyId, secretAccessKey, token);
        } catch (IOException | IllegalArgumentException e) {
            // the parser's message quotes the answer
            throw new IOException("the metadata service answers with no credentials");
        } finally {
            Arrays.fill(answer, (byte) 0);
        }
    }

    private static Secret secret(JsonParser json) throws IOException {
        char[] text = json.getTextCharacters();
        byte[] bytes = new byte[json.getTextLength()];
        for (int i = 0; i < bytes.length; i++) {
            char c = text[json.getTextOffset() + i];
            bytes[i] = c > '~' ? 0 : (byte) c;
        }
        try {
            return new Secret(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Printable ASCII without spaces, so that it needs no escapes in a header. */
    private static boolean isPlain(Secret secret) {
        byte[] bytes = secret.reveal();
        for (byte b : bytes) {
            if (b <= ' ' || b > '~') {
                return false;
            }
        }
        return bytes.length > 0;
    }

    @Override
    public void close() {
        secretAccessKey.destroy();
        token.destroy();
    }
}
