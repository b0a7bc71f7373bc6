package io.mesosiam.channel.wire;

import io.mesosiam.channel.wire.ControllerMessage.Entry;
import io.mesosiam.channel.wire.ControllerMessage.Sync;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One frame of a controller, decoded while its parts arrive. Each entry of a {@link Sync} is decoded as soon as it is
 * complete, and its characters are zeroed: the full state of a host with thousands of leases is never in memory as text,
 * which would take several times the memory of its entries. What is left after the last part, a sync without entries or
 * any other message, is decoded as a whole.
 *
 * <p>Not thread-safe.
 */
public final class ControllerFrame {
    private static final int USUAL = 8 * 1024;

    /** The text with which the codec begins each sync. Any other frame is decoded as a whole. */
    private static final String SYNC = "{\"type\":\"sync\",";

    private static final String ENTRIES = "\"entries\"";

    /** The place of the next character, as far as entries are concerned. */
    private enum Place {
        ELSEWHERE,
        /** Directly after the start of the list of entries. */
        LIST,
        ENTRY,
        AFTER_ENTRY,
        AFTER_COMMA
    }

    /** The characters that are not decoded yet. */
    private char[] text = new char[USUAL];

    private int length;
    private int received;
    private List<Entry> entries = new ArrayList<>();

    private Place place = Place.ELSEWHERE;
    private int entryStart;

    /** The number of objects and lists around the next character. */
    private int depth;

    private boolean inString;
    private boolean escaped;

    /** The last string that is a part of the outermost object itself. */
    private int outerStringStart;

    private int outerStringEnd;

    /** Appends a part of the text. */
    public void append(CharSequence part) throws MalformedFrameException {
        if (part.length() > Protocol.MAX_FRAME - received) {
            throw new MalformedFrameException("frame: is longer than " + Protocol.MAX_FRAME + " characters");
        }
        received += part.length();
        for (int i = 0; i < part.length(); i++) {
            add(part.charAt(i));
            if (inString) {
                inString(part.charAt(i));
            } else {
                outsideOfStrings(part.charAt(i));
            }
        }
    }

    private void add(char c) {
        if (length == text.length) {
            char[] grown = Arrays.copyOf(text, 2 * text.length);
            Arrays.fill(text, '\0');
            text = grown;
        }
        text[length++] = c;
    }

    private void inString(char c) {
        if (escaped) {
            escaped = false;
        } else if (c == '\\') {
            escaped = true;
        } else if (c == '"') {
            inString = false;
            outerStringEnd = depth == 1 ? length : outerStringEnd;
        }
    }

    private void outsideOfStrings(char c) throws MalformedFrameException {
        requireOneCommaBetweenEntries(c);
        switch (c) {
            case '"' -> {
                inString = true;
                outerStringStart = depth == 1 ? length - 1 : outerStringStart;
            }
            case '{', '[' -> begins(c);
            case '}', ']' -> ends();
            case ',' -> {
                if (place == Place.AFTER_ENTRY) {
                    place = Place.AFTER_COMMA;
                    length--;
                }
            }
            default -> {
                // a part of a number or of a literal, a colon, or white space
            }
        }
    }

    /** The commas are dropped with the entries, so what is decoded later can't show that one is missing. */
    private void requireOneCommaBetweenEntries(char c) throws MalformedFrameException {
        boolean allowed =
                switch (place) {
                    case AFTER_ENTRY -> c == ',' || c == ']' || isBlank(c);
                    case AFTER_COMMA -> c == '{' || isBlank(c);
                    case ELSEWHERE, LIST, ENTRY -> true;
                };
        if (!allowed) {
            throw new MalformedFrameException("/entries: must be a list of objects");
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    private void begins(char c) {
        depth++;
        if (depth == 2) {
            place = c == '[' && isListOfEntries() ? Place.LIST : Place.ELSEWHERE;
        } else if (depth == 3 && (place == Place.LIST || place == Place.AFTER_COMMA)) {
            place = c == '{' ? Place.ENTRY : Place.ELSEWHERE;
            entryStart = length - 1;
        }
    }

    private boolean isListOfEntries() {
        return isAt(0, SYNC)
                && outerStringEnd - outerStringStart == ENTRIES.length()
                && isAt(outerStringStart, ENTRIES);
    }

    private boolean isAt(int start, String expected) {
        return length >= start + expected.length()
                && Arrays.equals(text, start, start + expected.length(), expected.toCharArray(), 0, expected.length());
    }

    private void ends() throws MalformedFrameException {
        depth--;
        if (depth == 2 && place == Place.ENTRY) {
            decodeEntry();
            place = Place.AFTER_ENTRY;
        } else if (depth < 2) {
            place = Place.ELSEWHERE;
        }
    }

    private void decodeEntry() throws MalformedFrameException {
        if (entries.size() == FrameReader.MAX_LIST) {
            throw new MalformedFrameException(
                    "/entries: is beyond the " + FrameReader.MAX_LIST + " items that a list may hold");
        }
        try (FrameReader in = new FrameReader(WireJson.FACTORY, text, entryStart, length - entryStart)) {
            entries.add(in.message(ControllerMessageCodec::entry));
        } catch (MalformedFrameException e) {
            throw e.in("/entries/" + entries.size());
        } finally {
            Arrays.fill(text, entryStart, length, '\0');
            length = entryStart;
        }
    }

    /** The message, once all parts have been appended. The next part begins another frame. */
    public Decoded<ControllerMessage> message() throws MalformedFrameException {
        try {
            Decoded<ControllerMessage> rest = ControllerMessageCodec.decode(text, length);
            if (entries.isEmpty()
                    || !(rest instanceof Decoded.Known<ControllerMessage>(ControllerMessage message))
                    || !(message instanceof Sync sync)) {
                return rest;
            }
            List<Entry> decoded = entries;
            entries = new ArrayList<>();
            return new Decoded.Known<>(new Sync(sync.epoch(), decoded, sync.retained()));
        } finally {
            clear();
        }
    }

    /** Zeroes and drops what has been appended. */
    public void clear() {
        for (Entry entry : entries) {
            if (entry instanceof Entry.Served served) {
                served.session().secretAccessKey().destroy();
                served.session().sessionToken().destroy();
            }
        }
        entries = new ArrayList<>();
        Arrays.fill(text, 0, length, '\0');
        if (text.length > 64 * USUAL) {
            text = new char[USUAL];
        }
        length = 0;
        received = 0;
        place = Place.ELSEWHERE;
        depth = 0;
        inString = false;
        escaped = false;
        outerStringStart = 0;
        outerStringEnd = 0;
    }
}
