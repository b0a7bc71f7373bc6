package io.mesosiam.mesos.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A string, number or literal of a JSON document.
 *
 * @param from index of its first byte, after the quote if it has one
 * @param to index after its last byte
 */
record JsonLeaf(String path, int from, int to, boolean text) {
    static List<JsonLeaf> in(byte[] body) {
        List<JsonLeaf> leaves = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(body)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token.isScalarValue()) {
                    int at = (int) json.currentTokenLocation().getByteOffset();
                    boolean text = token == JsonToken.VALUE_STRING;
                    int from = text ? at + 1 : at;
                    leaves.add(new JsonLeaf(
                            json.getParsingContext().pathAsPointer().toString(), from, end(body, from, text), text));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return leaves;
    }

    private static int end(byte[] body, int from, boolean text) {
        int at = from;
        while (text ? body[at] != '"' : ",]} \n".indexOf(body[at]) < 0) {
            at += text && body[at] == '\\' ? 2 : 1;
        }
        return at;
    }

    /** Returns the document with up to three bytes of this value replaced. A text stays a text, and a number or literal stays one token. */
    byte[] damage(byte[] body, Random random) {
        byte[] damaged = body.clone();
        for (int i = 0; i < 1 + random.nextInt(3) && to > from; i++) {
            int at = from + random.nextInt(to - from);
            damaged[at] = text ? textByte(random) : (byte) "0123456789eE+-.nanxyz".charAt(random.nextInt(21));
        }
        return damaged;
    }

    private static byte textByte(Random random) {
        byte one = (byte) random.nextInt(256);
        return one == '"' || one == '\\' ? (byte) 0xFF : one;
    }
}
