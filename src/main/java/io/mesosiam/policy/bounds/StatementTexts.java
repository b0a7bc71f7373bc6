package io.mesosiam.policy.bounds;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The statements of policy documents as they are written, without the spaces between their tokens. */
final class StatementTexts {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final Pattern TEXT_OR_SPACE = Pattern.compile("(\"(?:[^\"\\\\]|\\\\.)*+\")|[ \\t\\n\\r]+");
    /** In documents of another version, policy variables in the added statements would be plain text. */
    private static final String VERSION = "2012-10-17";

    private StatementTexts() {}

    /** A policy document to which statements can be added. */
    record Document(List<String> statements) {
        Document {
            statements = List.copyOf(statements);
        }
    }

    /**
     * Reads a policy document.
     *
     * @throws IllegalArgumentException if statements can't be added to it: its version differs, or it contains anything but
     *     {@code Version}, {@code Id} and {@code Statement}
     */
    static Document document(String text) {
        boolean version = false;
        List<String> statements = List.of();
        try (JsonParser json = JSON.createParser(text)) {
            expect(json.nextToken() == JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "Version" -> version = VERSION.equals(json.getValueAsString());
                    case "Id" -> json.skipChildren();
                    case "Statement" -> statements = statements(json, text);
                    default -> throw new IllegalArgumentException(PLAIN);
                }
            }
            expect(json.nextToken() == null);
        } catch (IOException e) {
            // the parser's message would quote the document
            throw new IllegalArgumentException(PLAIN);
        }
        expect(version);
        return new Document(statements);
    }

    private static final String PLAIN = "it needs \"Version\": \"2012-10-17\", Statement and perhaps Id, nothing else";

    private static void expect(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException(PLAIN);
        }
    }

    /**
     * Reads a list of statements.
     *
     * @throws IllegalArgumentException if it isn't a JSON list; the message begins with the column
     */
    static List<String> list(String column, String text) {
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw new IllegalArgumentException(column + ": it must be a list of statements");
            }
            List<String> statements = statements(json, text);
            if (json.nextToken() != null) {
                throw new IllegalArgumentException(column + ": it has content after its end");
            }
            return statements;
        } catch (IOException e) {
            throw new IllegalArgumentException(column + ": it is not valid JSON");
        }
    }

    /** Reads the value at which the parser is, one statement or a list of them, to its end. */
    private static List<String> statements(JsonParser json, String text) throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            String one = value(json, text);
            return one.equals("{}") || one.equals("null") ? List.of() : List.of(one);
        }
        List<String> statements = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            expect(json.currentToken() != null);
            statements.add(value(json, text));
        }
        return statements;
    }

    private static String value(JsonParser json, String text) throws IOException {
        long begin = json.currentTokenLocation().getCharOffset();
        json.skipChildren();
        // reads a scalar to its end
        json.getText();
        long end = json.currentLocation().getCharOffset();
        return compact(text.substring(Math.toIntExact(begin), Math.toIntExact(end)));
    }

    private static String compact(String json) {
        return TEXT_OR_SPACE.matcher(json).replaceAll("$1");
    }
}
