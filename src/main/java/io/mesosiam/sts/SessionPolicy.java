package io.mesosiam.sts;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;

/**
 * The inline session policy. Without one, STS grants the complete role; a policy that is present but has no statements
 * is therefore replaced by a policy that denies everything.
 */
final class SessionPolicy {
    static final String DENY_ALL =
            "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}";

    private static final String FIELD = "session_policy";
    private static final FieldText DOCUMENT = new FieldText("[\\t\\n\\r\\x20-\\xff]*", 0, 2048);
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private SessionPolicy() {}

    static String of(String document) {
        DOCUMENT.check(FIELD, document);
        return document.isBlank() || !hasStatement(document) ? DENY_ALL : document;
    }

    private static boolean hasStatement(String document) {
        try (JsonParser json = JSON.createParser(document)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException(FIELD + ": must be a JSON object");
            }
            boolean statement = false;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean named = json.currentName().equals("Statement");
                boolean filled = isFilled(json);
                statement |= named && filled;
            }
            if (json.nextToken() != null) {
                throw new IllegalArgumentException(FIELD + ": has content after its end");
            }
            return statement;
        } catch (IOException e) {
            // The parser's message would quote the document.
            throw new IllegalArgumentException(FIELD + ": is not valid JSON");
        }
    }

    /** Reads the next value to its end. */
    private static boolean isFilled(JsonParser json) throws IOException {
        JsonToken value = json.nextToken();
        if (!value.isStructStart()) {
            return value != JsonToken.VALUE_NULL;
        }
        boolean filled = false;
        int depth = 1;
        while (depth > 0) {
            JsonToken token = json.nextToken();
            if (token == null) {
                throw new IllegalArgumentException(FIELD + ": is not valid JSON");
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            filled |= depth > 0;
        }
        return filled;
    }
}
