package io.mesosiam.api.audit;

import io.mesosiam.api.stream.Pace;
import io.mesosiam.audit.AuditAway;
import io.mesosiam.audit.AuditFilter;
import io.mesosiam.audit.AuditPage;
import io.mesosiam.audit.AuditQuery;
import io.mesosiam.audit.AuditedEvent;
import io.vertx.core.http.HttpConnection;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/** All events that match a filter, as lines of JSON. It has one page of them in memory at a time. */
final class AuditExport implements StreamingOutput {
    /** 200 exports can run at a time. */
    private static final AuditQuery.Most PAGE = new AuditQuery.Most(500, 128 << 10);

    private static final int CLOSE_SECONDS = 5;

    private final AuditQuery events;
    private final AuditFilter filter;
    private final Call call;
    private AuditPage page;

    private AuditExport(AuditQuery events, AuditFilter filter, AuditPage page, Call call) {
        this.events = events;
        this.filter = filter;
        this.page = page;
        this.call = call;
    }

    /**
     * The call that is answered.
     *
     * @param shown an event as the caller may and wants to read it
     * @param signedIn whether the caller's sign-in still holds
     */
    record Call(UnaryOperator<AuditedEvent> shown, HttpConnection connection, Pace pace, BooleanSupplier signedIn) {}

    /**
     * Reads the first page, so a database that does not answer ends the request before the response begins.
     *
     * @param after the id of the event before the first one
     * @throws AuditAway if the database does not answer
     */
    static AuditExport begin(AuditQuery events, AuditFilter filter, long after, Call call) {
        return new AuditExport(events, filter, events.oldest(filter, after, PAGE), call);
    }

    /**
     * If a later page can't be read, or the sign-in has ended, it closes the connection: the caller sees that the export is
     * not whole.
     */
    @Override
    public void write(OutputStream out) throws IOException {
        writePage(out);
        while (page.more()) {
            if (!call.signedIn().getAsBoolean()) {
                close();
                throw new IOException("the sign-in has expired or was revoked");
            }
            page = next();
            writePage(out);
        }
    }

    private AuditPage next() {
        try {
            return events.oldest(filter, page.events().getLast().id(), PAGE);
        } catch (AuditAway away) {
            close();
            throw away;
        }
    }

    /** Waits for the end of the connection: a response that is ended before it would look whole. */
    private void close() {
        call.connection()
                .close()
                .toCompletionStage()
                .toCompletableFuture()
                .completeOnTimeout(null, CLOSE_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    private void writePage(OutputStream out) throws IOException {
        for (AuditedEvent event : page.events()) {
            call.pace().begins();
            out.write((call.shown().apply(event).line() + "\n").getBytes(StandardCharsets.UTF_8));
            call.pace().succeeded();
        }
    }
}
