package io.mesosiam.api.watch;

import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A server-sent event, for {@code openapi.yaml} alone: {@link WatchStream} writes it. */
@Schema(
        name = "WatchEvent",
        description = "A server-sent event",
        requiredProperties = {"event", "data"})
record WatchEvent(
        @Schema(
                description =
                        "reset: forget what you know. added, changed, removed: an object. synced: the state is complete."
                                + " end: the stream ends",
                enumeration = {"reset", "added", "changed", "removed", "synced", "end"},
                examples = "changed")
        String event,

        @Schema(
                description =
                        "A JSON object: of added, changed and removed the object as the list shows it, of synced the number"
                                + " of 'objects', of end a 'code' and a 'message', of reset nothing",
                contentMediaType = "application/json",
                examples = "{}")
        String data,

        @Schema(
                description = "The version after this event, at which a caller can resume; absent before synced",
                pattern = "^" + WatchResource.VERSION + "$",
                examples = "5f1c0b2e.17")
        @Nullable
        String id) {}
