package io.mesosiam.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Part of the policies.
 *
 * @param version which version of the policy table this controller decides by
 * @param next the cursor of the next page; absent on the last
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PolicyPage(
        long version,
        List<PolicyView> items,
        List<PolicyView.Rejected> rejected,
        @Nullable String next) {}
