package io.mesosiam.channel;

import java.util.Set;

/** Why agents don't follow a message. An agent may say anything, and a metric has a label only for what is known. */
final class NackCode {
    private static final String OTHER = "other";
    static final Set<String> LABELS = Set.of("ContainerEnded", "SessionExpired", "SessionMissing", OTHER);

    private NackCode() {}

    static String label(String code) {
        return LABELS.contains(code) ? code : OTHER;
    }
}
