"""Names of the alerts' tasks."""

FIND_NEWS = "alerts.find_news"
FOLLOW_RECORD = "alerts.follow_record"
SEND_DELIVERY = "alerts.send_delivery"
FIND_DELIVERIES = "alerts.find_deliveries"
CHECK_REDACTION = "alerts.check_redaction"
