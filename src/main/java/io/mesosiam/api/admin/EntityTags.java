package io.mesosiam.api.admin;

import io.mesosiam.admin.Precondition;
import io.mesosiam.api.Parameters;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Entity tags and the headers that compare them: RFC 9110, sections 8.8.3 and 13.1. */
public final class EntityTags {
    private static final int LONGEST = 8192;

    /** The form of If-Match, besides that it is not empty. Test tools make headers by a pattern only if it lets them be empty. */
    static final String IF_MATCH = "^(\\*|(W/)?\"[!#-~]*\"([ \\t]*,[ \\t]*(W/)?\"[!#-~]*\")*)?$";

    /** A tag can contain commas. */
    private static final Pattern TAG = Pattern.compile("(?<weak>W/)?\"(?<tag>[!#-~]*)\"");

    private EntityTags() {}

    /** The value of the header ETag. */
    public static String header(String tag) {
        return "\"" + tag + "\"";
    }

    /** Reads both headers, and reports an invalid one. A weak tag is of no stored version. */
    public static Precondition precondition(
            @Nullable String ifMatch, @Nullable String ifNoneMatch, Parameters parameters) {
        Optional<String> match = Optional.ofNullable(ifMatch)
                .map(String::strip)
                .filter(text -> parameters.require(
                        "If-Match",
                        !text.isEmpty() && text.length() <= LONGEST && text.matches(IF_MATCH),
                        "must be * or the ETag of a version, in quotation marks"));
        boolean absent = Optional.ofNullable(ifNoneMatch)
                .filter(text -> parameters.require(
                        "If-None-Match", text.strip().equals("*"), "must be *: create, but never replace"))
                .isPresent();
        if (absent) {
            // beside If-Match, no object can have both properties
            return match.isPresent() ? new Precondition.Is(List.of()) : new Precondition.Absent();
        }
        return match.<Precondition>map(
                        text -> text.equals("*") ? new Precondition.Exists() : new Precondition.Is(tags(text)))
                .orElseGet(Precondition.None::new);
    }

    private static List<String> tags(String list) {
        return TAG.matcher(list)
                .results()
                .filter(tag -> tag.group("weak") == null)
                .map(tag -> tag.group("tag"))
                .toList();
    }
}
