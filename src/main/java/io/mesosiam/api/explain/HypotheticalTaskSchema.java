package io.mesosiam.api.explain;

import io.mesosiam.api.Forms;
import io.mesosiam.api.Parameters;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A hypothetical task, for {@code openapi.yaml} alone: {@link HypotheticalTask} reads it. */
@Schema(
        name = "HypotheticalTask",
        description = "The values of a task that selectors are compared with",
        requiredProperties = {"frameworkName", "mesosRole", "taskName", "taskUser"})
record HypotheticalTaskSchema(
        @Schema(
                description = "The framework's name",
                minLength = 1,
                maxLength = HypotheticalTask.MAX_TEXT,
                pattern = Forms.STORABLE,
                examples = "marathon")
        String frameworkName,

        @Schema(
                description = "The principal with which the framework authenticates. Default: it doesn't",
                minLength = 1,
                maxLength = HypotheticalTask.MAX_TEXT,
                pattern = Forms.STORABLE,
                examples = "svc-reporting")
        @Nullable
        String frameworkPrincipal,

        @Schema(
                description = "The Mesos role that its resources are allocated to",
                maxLength = Parameters.MAX_TEXT,
                pattern = Forms.MESOS,
                examples = "data/reporting")
        String mesosRole,

        @Schema(
                description = "The task's name",
                minLength = 1,
                maxLength = HypotheticalTask.MAX_TEXT,
                pattern = Forms.STORABLE,
                examples = "report")
        String taskName,

        @Schema(
                description = "The user that the task runs as",
                minLength = 1,
                maxLength = HypotheticalTask.MAX_TEXT,
                pattern = Forms.STORABLE,
                examples = "reporting")
        String taskUser,

        @Schema(
                description = "The container image as the framework writes it. Default: none",
                minLength = 1,
                maxLength = HypotheticalTask.MAX_TEXT,
                pattern = Forms.STORABLE,
                examples = "registry.example/report:3")
        @Nullable
        String image,

        @Schema(description = "Its labels; a key can occur twice. Default: none", maxItems = HypotheticalTask.MAX_ITEMS)
        @Nullable
        List<HypotheticalLabel> labels,

        @Schema(
                description =
                        "The attributes of the Mesos agent, by name, each a text or a number as Mesos writes it. Default:"
                                + " not known, so that policies that compare them can't be evaluated",
                maxProperties = HypotheticalTask.MAX_ITEMS,
                propertyNames = AttributeName.class,
                additionalProperties = AttributeValue.class)
        @Nullable
        Map<String, Object> agentAttributes,

        @Schema(description = "Whether a controller sees the launch itself. Default: true") @Nullable
        Boolean witnessed,

        @Schema(description = "Whether Mesos authenticates principals. Default: as the leading master does now")
        @Nullable
        Boolean principalsEnforced) {
    /** A label. */
    @Schema(name = "HypotheticalLabel", description = "A label of a task", requiredProperties = "key")
    record HypotheticalLabel(
            @Schema(
                    description = "Its key",
                    minLength = 1,
                    maxLength = HypotheticalTask.MAX_TEXT,
                    pattern = Forms.STORABLE,
                    examples = "team")
            String key,

            @Schema(
                    description = "Its value. Default: none",
                    maxLength = HypotheticalTask.MAX_TEXT,
                    pattern = Forms.STORABLE,
                    examples = "data")
            @Nullable
            String value) {}

    /** The name of an attribute. */
    @Schema(
            name = "HypotheticalAttributeName",
            type = SchemaType.STRING,
            minLength = 1,
            maxLength = HypotheticalTask.MAX_TEXT,
            pattern = Forms.STORABLE)
    interface AttributeName {}

    /** The value of an attribute. */
    @Schema(
            name = "HypotheticalAttributeValue",
            description = "The value of an attribute of a Mesos agent",
            anyOf = {AttributeText.class, Double.class})
    interface AttributeValue {}

    /** The value of an attribute that is a text. */
    @Schema(
            name = "HypotheticalAttributeText",
            type = SchemaType.STRING,
            maxLength = HypotheticalTask.MAX_TEXT,
            pattern = Forms.STORABLE)
    interface AttributeText {}
}
