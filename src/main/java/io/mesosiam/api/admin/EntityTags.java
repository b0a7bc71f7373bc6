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
    /** A tag can contain commas. */
    private static final Pattern TAG = Pattern.compile("\"([!#-~]*)\"");

    private static final Pattern LIST = Pattern.compile("\"[!#-~]*\"([ \\t]*,[ \\t]*\"[!#-~]*\")*");

    private EntityTags() {}

    /** The value of the header ETag. */
    public static String header(String tag) {
        return "\"" + tag + "\"";
    }

    /** Reads both headers, and reports an invalid one. A weak tag never matches a stored version, so it is refused. */
    public static Precondition precondition(
            @Nullable String ifMatch, @Nullable String ifNoneMatch, Parameters parameters) {
        boolean once = parameters.require(
                "If-None-Match", ifMatch == null || ifNoneMatch == null, "must not be given beside If-Match");
        if (!once || (ifMatch == null && ifNoneMatch == null)) {
            return new Precondition.None();
        }
        if (ifNoneMatch != null) {
            parameters.require(
                    "If-None-Match", ifNoneMatch.strip().equals("*"), "must be *: create, but never replace");
            return new Precondition.Absent();
        }
        String match = Optional.ofNullable(ifMatch).orElse("").strip();
        if (match.equals("*")) {
            return new Precondition.Exists();
        }
        boolean valid = parameters.require(
                "If-Match",
                match.length() <= LONGEST && LIST.matcher(match).matches(),
                "must be * or the ETag of a version, in quotation marks");
        return valid ? new Precondition.Is(tags(match)) : new Precondition.None();
    }

    private static List<String> tags(String list) {
        return TAG.matcher(list).results().map(tag -> tag.group(1)).toList();
    }
}
