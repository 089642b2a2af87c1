"""Three discounts informed by evidence, judged by the rule of docs/decisions/0011-candidates.md."""
