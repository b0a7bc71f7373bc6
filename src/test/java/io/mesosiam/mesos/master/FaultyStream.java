package io.mesosiam.mesos.master;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The body of an operator stream, to which a test adds records after the first one, or which it ends. */
final class FaultyStream extends FilterOutputStream {
    private final Optional<String> first;
    private final List<byte[]> injected = new ArrayList<>();
    private boolean begun;
    private boolean ending;
    private boolean ended;

    /** @param first replaces the first record of the master */
    FaultyStream(OutputStream body, Optional<String> first) {
        super(body);
        this.first = first;
    }

    /** One record in RecordIO. */
    static String record(String json) {
        return json.getBytes(StandardCharsets.UTF_8).length + "\n" + json;
    }

    /** Writes bytes between two records of the master. */
    synchronized void inject(byte[] bytes) {
        injected.add(bytes);
        pass();
    }

    /** Ends the body after what has been injected. What the master writes later is dropped. */
    synchronized void end() {
        ending = true;
        pass();
    }

    /** The master writes one record at a time. */
    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        if (ended) {
            return;
        }
        if (!begun && first.isPresent()) {
            out.write(record(first.get()).getBytes(StandardCharsets.UTF_8));
        } else {
            out.write(bytes, offset, length);
        }
        begun = true;
        pass();
    }

    @Override
    public synchronized void flush() throws IOException {
        if (!ended) {
            out.flush();
        }
    }

    private void pass() {
        if (!begun || ended) {
            return;
        }
        try {
            for (byte[] bytes : injected) {
                out.write(bytes);
            }
            injected.clear();
            out.flush();
            if (ending) {
                ended = true;
                out.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
