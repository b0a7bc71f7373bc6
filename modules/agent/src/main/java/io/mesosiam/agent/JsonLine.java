package io.mesosiam.agent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mesosiam.line.LogEvent;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.logging.LogRecord;

/** A JSON object for each event, on one line, with the keys that docs/controller.md lists for both programs. */
final class JsonLine extends AgentLog.Line {
    private static final JsonFactory JSON = new JsonFactory();

    @Override
    public String format(LogRecord event) {
        StringWriter line = new StringWriter(512);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            LogEvent parts = LogEvent.of(text(event));
            json.writeStartObject();
            json.writeStringField("time", TIME.format(event.getInstant().atZone(zone)));
            json.writeStringField("level", levelName(event.getLevel()));
            json.writeStringField("logger", event.getLoggerName());
            json.writeStringField("message", parts.text());
            json.writeObjectFieldStart("fields");
            for (Map.Entry<String, String> field : parts.fields().entrySet()) {
                json.writeStringField(field.getKey(), field.getValue());
            }
            json.writeEndObject();
            if (event.getThrown() != null) {
                StringWriter trace = new StringWriter();
                event.getThrown().printStackTrace(new PrintWriter(trace));
                json.writeStringField("stackTrace", trace.toString());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.append('\n').toString();
    }
}
