package io.mesosiam.preview.live;

import io.mesosiam.policy.PolicySet;
import io.mesosiam.preview.PolicyFindings;

/**
 * Everything in the policies in force that is probably not intended.
 *
 * @param set the policies that were examined
 */
public record Findings(Basis basis, PolicySet set, PolicyFindings findings) {}
