package io.mesosiam.mesos.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A value of a JSON document, at any depth.
 *
 * @param path its JSON pointer
 * @param from index of its first byte
 * @param to index after its last byte
 */
record JsonSpan(String path, int from, int to) {
    static List<JsonSpan> in(byte[] body) {
        List<JsonSpan> spans = new ArrayList<>();
        Deque<JsonSpan> open = new ArrayDeque<>();
        try (JsonParser json = new JsonFactory().createParser(body)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                int at = (int) json.currentTokenLocation().getByteOffset();
                if (token.isStructStart()) {
                    open.push(new JsonSpan(pointer(json), at, 0));
                } else if (token.isStructEnd()) {
                    JsonSpan begun = open.pop();
                    spans.add(new JsonSpan(begun.path, begun.from, at + 1));
                } else if (token.isScalarValue()) {
                    json.finishToken();
                    int end = token == JsonToken.VALUE_STRING
                            ? (int) json.currentLocation().getByteOffset()
                            : at + json.getTextLength();
                    spans.add(new JsonSpan(pointer(json), at, end));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return spans;
    }

    /** Returns the document with this value replaced. */
    byte[] replaced(byte[] body, byte[] by) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + by.length);
        out.write(body, 0, from);
        out.writeBytes(by);
        out.write(body, to, body.length - to);
        return out.toByteArray();
    }

    private static String pointer(JsonParser json) {
        var context = json.getParsingContext();
        boolean begins = json.currentToken().isStructStart();
        return String.valueOf((begins ? context.getParent() : context).pathAsPointer());
    }
}
