package io.mesosiam.mesos.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one JSON object, in the order of the document. After {@link #next} the parser is at the field's value,
 * which the caller reads or leaves: a value that isn't read is skipped. If the parser isn't at an object, there are no
 * fields, and its value is skipped.
 */
final class Fields {
    private final JsonParser json;
    /** Whether the parser's current token begins an object whose fields come next. */
    private boolean beginning;

    /** Number of open objects: this one, and those that were entered. */
    private int open;

    Fields(JsonParser json) throws IOException {
        this.json = json;
        enter();
        if (!beginning) {
            json.skipChildren();
        }
    }

    /** Moves to the next field's value and returns the field's name; null at the end of the object. */
    @Nullable
    String next() throws IOException {
        if (!beginning && open > 0) {
            json.skipChildren();
        }
        beginning = false;
        while (open > 0) {
            String name = json.nextFieldName();
            if (name != null) {
                json.nextToken();
                return name;
            }
            open--;
        }
        return null;
    }

    /** Continues with the fields of the current value, if it is an object, as if they were fields of this object. */
    void enter() {
        if (json.currentToken() == JsonToken.START_OBJECT) {
            beginning = true;
            open++;
        }
    }
}
