"""Alibaba Cloud's voice service (阿里云语音服务) by SmartCall: the only place that knows its SDK, callbacks and codes."""
